"""Pictures, in scikit-learn's convention of displays, and what they are computed from.

A display takes arrays; `from_estimator` computes them and draws; `plot` draws, on axes
that are given or new. Matplotlib is needed for drawing only.
"""

from sklearn_rnn.inspection._attention import AttentionDisplay
from sklearn_rnn.inspection._curves import TrainingCurveDisplay
from sklearn_rnn.inspection._futures import FuturesDisplay
from sklearn_rnn.inspection._gradient_flow import GradientFlowDisplay, gradient_flow
from sklearn_rnn.inspection._gradient_norms import GradientNormsDisplay, gradient_norms
from sklearn_rnn.inspection._stages import StagedProbabilitiesDisplay
from sklearn_rnn.inspection._step_importance import (
    StepImportanceDisplay,
    step_importance,
)
from sklearn_rnn.inspection._transitions import TransitionsDisplay

__all__ = [
    "AttentionDisplay",
    "FuturesDisplay",
    "GradientFlowDisplay",
    "GradientNormsDisplay",
    "StagedProbabilitiesDisplay",
    "StepImportanceDisplay",
    "TrainingCurveDisplay",
    "TransitionsDisplay",
    "gradient_flow",
    "gradient_norms",
    "step_importance",
]
