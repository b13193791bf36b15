"""What members post: targets, offers, asks and leads, on one shared board."""
