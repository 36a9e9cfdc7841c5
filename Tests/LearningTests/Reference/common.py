"""What the generators of reference cases share.

They need `pip install torch==2.13.0+cpu safetensors`; run one as `python losses.py`. Each writes a small
safetensors file beside it, which the tests read: tests need no Python.
"""
import pathlib

import torch
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent


class Cases:
    """Collects tensors as "case.part"."""

    def __init__(self, seed):
        self.tensors = {}
        self.orders = {}
        self.seed = seed

    def begin(self, case):
        """Starts a case with numbers of its own, whatever comes before it in the file."""
        self.case = case
        torch.manual_seed(self.seed + sum(ord(c) * 31**i for i, c in enumerate(case)) % 1_000_003)

    def put(self, part, tensor):
        key = f"{self.case}.{part}"
        assert key not in self.tensors, key
        self.tensors[key] = tensor.detach().clone().contiguous()

    def order(self, what, names):
        """Keeps names in their order, which the file's order of tensors does not tell."""
        self.orders[f"{self.case}.{what}"] = ",".join(names)

    def save(self, name):
        save_file(self.tensors, HERE / name, metadata=self.orders)
        print(name, len(self.tensors), "tensors", (HERE / name).stat().st_size, "bytes")
