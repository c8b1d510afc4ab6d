"""What expectations count while a batch is read: additive states over chunks."""
