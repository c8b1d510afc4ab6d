"""One construct for each domain, all made of governed functions."""
