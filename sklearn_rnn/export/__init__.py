"""Fitted estimators as ONNX models and PyTorch modules, and weights from PyTorch."""

from sklearn_rnn.export._onnx import to_onnx
from sklearn_rnn.export._skl2onnx import register_skl2onnx
from sklearn_rnn.export._torch import load_torch_weights, to_torch

__all__ = ["load_torch_weights", "register_skl2onnx", "to_onnx", "to_torch"]
