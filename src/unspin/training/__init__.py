"""Builds what ``unspin/data`` holds, reproducibly, from text tables and corpora. Not needed to restore anything."""
