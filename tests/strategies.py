"""Texts for the property tests: any Unicode at all, prose that a spinner has been through, and mixtures of the two."""

from __future__ import annotations

from hypothesis import strategies as st

from unspin import tables

# fmt: off
SENTENCES = (
    "The White Home officers mentioned the assembly was a primary step.",
    "They shook fingers on the White Home.",
    "Chinese language officers mentioned the plan was in line with the regulation.",
    "He instructed reporters at a press convention that the 2 sides had agreed.",
    "The invoice was introduced final 12 months by the State Division.",
    "Greater than 100 individuals have been harm within the assault.",
    "In the meantime, the mayor’s workplace mentioned he’d journey to the nation subsequent week.",
    "She stated she would be a part of the staff within the metropolis.",
    "Additionally, the corporate mentioned it may decrease the value.",
    "“It is a lengthy highway,” the minister mentioned, “however we should maintain going.”",
    "A number of {officers} mentioned earlier than the assembly that an important subject was safety.",
    "SHE GAVE AN HOUR TO THE PRIMARY PLAN AND SHOOK FINGERS.",
)
SPUN = (
    "officers mentioned", "White Home", "shook fingers", "Chinese language officers", "in line with",
    "press convention", "within the", "a primary step", "an assembly", "the 2 sides", "final 12 months",
    "State Division", "earlier than", "instructed reporters", "however", "A number of", "additionally",
    "totally different", "on the door", "a brand new", "as a result of", "the prime minister’s workplace",
    "six.7 percent", "{dollars}", "it's", "don’t", "one other", "may", "nineteen seventies", "web site", "in to",
    "Newest", "resembling", "an hour", "a person", "an official",
)
PLAIN = (
    "the", "a", "an", "of", "and", "said", "hands", "House", "officials", "at", "in", "to", "was", "is", "U.S.",
    "meeting", "conference", "first", "last year", "1,000", "10:30", "19th", "1996", "garden", "quiet river",
    "Monday", "Emma", "iPod",
)
CLEAN = (
    "zebra", "violin", "umbrella", "porcelain", "tulips", "saxophone", "lavender", "cinnamon", "walrus", "glacier",
    "hammock",
)
ODD = (
    "\ufeff", "\u00a0", "\u200b", "\u200d", "\u2028", "\x85", "\x00", "\r\n", "\n", "\n\n", "\t", "“", "”", "’", "‘",
    '"', "'", "\ud83d", "\udc00", "\U0001d4d0", "\U0001f600", "e\u0301", "İ", "ß", "{", "}", "/", "@", "<b>", "`",
    "--", "...", "http://example.org/within", "me@example.org", "#shook", "_", "-", "—", ".", ",", "1", "2.5", "'s",
)
GAPS = (" ", "  ", "\n", "\r\n", "\n\n", "\u00a0", "\t", ", ", ". ", ".\n\n", "-", "", " “", "” ", " (", ") ", "; ")
# fmt: on
STYLES = (str, str, str, str, str.upper, str.title, str.capitalize, str.lower)


@st.composite
def _glued(draw: st.DrawFn, parts: st.SearchStrategy[str], least: int, most: int, gaps: int) -> str:
    """Parts in several styles with a blank, or one time in ``gaps`` something else, between them."""
    out = []
    for part in draw(st.lists(parts, min_size=least, max_size=most)):
        out.append(draw(st.sampled_from(STYLES))(part))
        out.append(draw(st.sampled_from(GAPS)) if draw(st.integers(1, gaps)) == 1 else " ")
    return "".join(out)


def table_phrases() -> st.SearchStrategy[str]:
    """Phrases of the shipped tables, of either side."""
    shipped = tables.load()
    spun = [shipped.spun_text(k) for k in range(len(shipped.spun_row) - 1)]
    originals = [shipped.original_text(k) for k in range(len(shipped.touched))]
    return st.sampled_from(spun) | st.sampled_from(originals)


any_text = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("aA1'’.,-_ \n\r\u00a0\ufeff\u200b\ud800\U0001f600")
)
"""Any string that Python can hold."""

sentences = st.sampled_from(SENTENCES)
noise = any_text | st.lists(st.sampled_from(ODD), max_size=4).map("".join)
spun_prose = _glued(st.sampled_from(SPUN) | sentences, 6, 16, 6)
"""30 to 80 words that a spinner has been through; nearly always there are edits."""

table_soup = _glued(st.sampled_from(SPUN) | st.sampled_from(PLAIN) | table_phrases(), 1, 20, 4)
mixed = _glued(sentences | st.sampled_from(SPUN) | st.sampled_from(PLAIN) | st.sampled_from(ODD) | noise, 3, 14, 3)

texts = st.one_of(spun_prose, mixed, spun_prose, table_soup, any_text, sentences)
"""A little of everything; most texts get edits."""

plain_texts = _glued(st.sampled_from(CLEAN) | st.sampled_from(ODD[:24]), 0, 20, 2)
"""Texts without a word of the tables."""

short_spun = _glued(st.sampled_from(SPUN + PLAIN[:20]), 1, 4, 12).map(lambda text: text.strip() + ".")
"""A few words, for tests that try every reading."""


def chunks(length: int) -> st.SearchStrategy[list[int]]:
    """Sorted places to cut a list of ``length``."""
    return st.lists(st.integers(0, length), max_size=3).map(sorted)
