"""Is a batch fit for use, and has it drifted from what the model learned?"""
