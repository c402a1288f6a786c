"""What unspin is worth, in numbers: ``python -m benchmarks`` makes every table of docs/benchmarks.md."""
