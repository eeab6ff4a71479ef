"""The experiments on reward shift, clipped KL, sampling and PAC-Bayes, 2602.21765."""
