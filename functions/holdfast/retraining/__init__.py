"""Is training due, worth it and affordable?"""
