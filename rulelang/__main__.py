"""`python -m rulelang`: the command line."""

from __future__ import annotations

import sys

from rulelang.cli import main

sys.exit(main())
