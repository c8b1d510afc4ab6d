"""The bundled story: data made on the spot, events, and what a reader should see."""
