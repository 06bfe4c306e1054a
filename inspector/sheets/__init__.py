"""Files of rows that others hand in: CSV, Excel and what they are packed in. For imports by hand and for connectors that get files."""
