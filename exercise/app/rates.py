"""The exchange rates of the day. Stands for the bank, which is a network away."""

import time

PER_EURO = {"EUR": 1.0, "USD": 1.0831, "GBP": 0.8524, "CHF": 0.9379}


def rate_of_the_day(currency: str) -> float:
    time.sleep(0.03)
    return PER_EURO[currency]
