"""What a fresh process pays for its first restoration. Run as a script by ``benchmarks.cost``, so it imports nothing
that unspin would not: whatever is imported here is missing from the figure.
"""

import sys
import time


def main(path: str) -> None:
    """Restore the text of a file once; print the seconds of the import and of the restoration, and the peak memory."""
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
        text = file.read()
    begin = time.perf_counter()
    import unspin

    imported = time.perf_counter()
    unspin.restore(text)
    restored = time.perf_counter()
    print(imported - begin, restored - imported, _peak())


def _peak() -> float:
    """Peak resident memory in bytes, NaN where the platform does not say."""
    if sys.platform == "linux":
        # not ru_maxrss, which a process inherits from the one that started it
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main(sys.argv[1])
