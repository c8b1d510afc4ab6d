"""Does a resource obey its controls?"""
