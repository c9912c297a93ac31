"""The context engine: analyse, optimise, prove. Pure: it gets text, a tree and a time."""
