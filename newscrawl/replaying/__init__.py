"""Reading articles anew from WARC files: files → pages → articles → a new set beside the old segments."""
