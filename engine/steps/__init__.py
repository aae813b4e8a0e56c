"""What would have to happen next: the smallest sets of further events after which conditions hold."""

from .obstacles import Reason
from .outlook import Outlook, goals_of, outlook
from .step import Newcomer, Step, Steps, with_steps

__all__ = ["Newcomer", "Outlook", "Reason", "Step", "Steps", "goals_of", "outlook", "with_steps"]
