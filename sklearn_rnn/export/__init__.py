"""Fitted estimators as ONNX models and PyTorch modules, and weights from PyTorch."""

from sklearn_rnn.export._onnx import to_onnx
from sklearn_rnn.export._skl2onnx import register_skl2onnx

__all__ = ["register_skl2onnx", "to_onnx"]
