"""``python -m unspin`` is ``unspin``."""

import sys

from unspin.cli import main

sys.exit(main())
