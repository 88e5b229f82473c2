"""Reservations under a race for scarce stock, and the batch statement beside two other manners of writing it."""
