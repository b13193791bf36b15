"""What programs can read and do, one module for each kind of thing."""
