"""The bugs of the exercise, in the order in which they are graded: one module says how each is seen."""

from graders.bugs import missing_model, n_plus_one, unstable_cache, zero_pool

BUGS = (n_plus_one.PROBE, unstable_cache.PROBE, zero_pool.PROBE, missing_model.PROBE)
