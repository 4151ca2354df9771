"""What newscrawl costs, measured side by side with the bare parse and the bare download. See README.md."""
