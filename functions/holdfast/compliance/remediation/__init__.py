"""Put right what a control found wrong: plan it, let it be approved, carry it out, take it back."""
