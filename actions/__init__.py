"""What Baken does with a message: answers, questions back, safety replies. Plain functions; Rasa only at the edge."""
