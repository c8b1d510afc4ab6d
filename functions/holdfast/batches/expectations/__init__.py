"""What a batch must be, in plug-ins: one frozen record `EXPECTATION` in each file."""
