"""From syntax to a checked pack: names found, types and units fitted, circles refused. Judges nothing."""
