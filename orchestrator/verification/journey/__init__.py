"""The journey of a customer's route: from the CE that originates it, over the provider, to other CEs."""
