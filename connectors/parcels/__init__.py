"""What carriers are told of a parcel, in their measures and by their rules."""
