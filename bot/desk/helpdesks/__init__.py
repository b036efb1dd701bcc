"""Other doors to a human: a helpdesk that an organisation runs already, and a notice by e-mail."""
