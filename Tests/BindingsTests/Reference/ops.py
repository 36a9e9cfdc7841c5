"""Reference cases for every tensor operation that Lua sees, computed by PyTorch.

Needs `pip install torch==2.13.0+cpu safetensors`; run as `python ops.py`. Tests need no Python: they read
what this writes beside it:

- ops.safetensors: `in.<name>`, the tensors that cases work on; `<case>.<i>`, the results; `<case>.<name>`, the
  gradient with respect to an input, of the first result weighted with `weights(shape)`.
- ops.cases: a line for each case: number, operation, property, how far it can be differentiated (2: twice, 1: once,
  0 and -1: not by differences), and the expression in Lua, in which the inputs are globals and `T` is `tensor`;
  a line without a number for what PyTorch refuses.
- ops.md: which operation has a case for which property.

A case is PyTorch's expression and Lua's. One that PyTorch refuses is left out: it has no reference.
"""
import pathlib
import re
import warnings

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

warnings.simplefilter("ignore")
torch.manual_seed(2)
torch.set_num_threads(1)
nan, inf = float("nan"), float("inf")
f64 = torch.float64


def rnd(*shape):
    return torch.randn(shape, dtype=f64)


pool = dict(
    # float64, differentiable
    f=rnd(2, 3), g=rnd(2, 3), r=rnd(3), col=rnd(2, 1), row=rnd(1, 3), s=rnd(), s1=rnd(1), e=rnd(0, 3), t3=rnd(2, 3, 4),
    u=torch.rand(2, 3, dtype=f64) * 1.6 - 0.8, p=torch.rand(2, 3, dtype=f64) * 2 + 0.3, q=torch.rand(3, dtype=f64) + 0.4,
    pc=torch.rand(2, 1, dtype=f64) + 0.5, ps=torch.tensor(0.7, dtype=f64), v4=rnd(4), m34=rnd(3, 4), m43=rnd(4, 3), m42=rnd(4, 2),
    b23=rnd(2, 3, 4), b34=rnd(2, 4, 2), sq=rnd(3, 3), bsq=rnd(2, 3, 3), rhs=rnd(3, 2), spd=(lambda a: a @ a.T + torch.eye(3, dtype=f64))(rnd(3, 3)),
    tall=rnd(4, 3), wide=rnd(3, 4), v3=rnd(2, 3), w3=rnd(2, 3), sing=torch.tensor([[1.0, 2], [2, 4]], dtype=f64),
    x1=rnd(2, 4, 7), k1=rnd(3, 4, 3), x2=rnd(1, 2, 5, 6), k2=rnd(3, 2, 3, 2), kg=rnd(4, 1, 3, 3), c3=rnd(3), c4=rnd(4), c2=rnd(2), x3=rnd(1, 2, 3, 4, 3), k3=rnd(2, 2, 2, 2, 2),
    kt1=rnd(4, 2, 3), kt2=rnd(2, 3, 3, 2), n4=rnd(3, 4, 2), mean4=rnd(4), var4=torch.rand(4, dtype=f64) + 0.5, emb=rnd(5, 2),
    logits=rnd(4, 3), image=rnd(2, 3, 2), probs=torch.softmax(rnd(4, 3), 1), p01=torch.rand(2, 3, dtype=f64) * 0.8 + 0.1, t01=torch.rand(2, 3, dtype=f64), w01=torch.rand(2, 3, dtype=f64),
    wc=torch.rand(3, dtype=f64) + 0.5, logp=torch.log_softmax(rnd(4, 3), 1), Q=rnd(2, 3, 4), K=rnd(2, 5, 4), V=rnd(2, 5, 3),
    zf=torch.tensor([[1.0, 0, 2], [0, 3, 0]], dtype=f64),
    # no gradient wanted, or other types
    ties=torch.tensor([[2.0, 1, 2, 1], [0, 0, 0, 0], [3, 1, 3, 3]], dtype=f64), k=torch.tensor([[3, -2, 0], [5, 1, -4]]), kn=torch.tensor([[2, -3, 4], [-1, 2, 3]]),
    k32=torch.tensor([[3, -2, 0], [5, 1, -4]], dtype=torch.int32), u8=torch.tensor([[3, 2, 0], [5, 1, 250]], dtype=torch.uint8), b=torch.tensor([[True, False, True], [False, False, True]]),
    bb=torch.tensor([True, False, False]), h=torch.randn(2, 3), hs=torch.randn(()), n=torch.tensor([nan, inf, -inf, 0.0, -0.0, 1.0, -2.5], dtype=f64), nn=torch.tensor([1.0, nan, -inf, 0.0, inf, nan, 2.0], dtype=f64),
    nm=torch.tensor([[1.0, nan, 3.0], [nan, nan, nan], [inf, 2.0, -inf]], dtype=f64),
    big=torch.tensor([-1e4, -100.0, -1.0, 0.0, 1.0, 100.0, 1e4], dtype=torch.float32), tiny=torch.tensor([-1e-6, 1e-8, 1e-20, -1e-30], dtype=torch.float32), huge=torch.tensor([[1000.0, 1001.0, 999.0], [-1e30, 1e30, 0.0]], dtype=torch.float32),
    halves=torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], dtype=f64), edge=torch.tensor([-1.0, 0.0, 1.0], dtype=f64), ez=torch.zeros(3, 0, dtype=f64), ei=torch.zeros(0, dtype=torch.int64), es=torch.zeros(0, 3, 3, dtype=f64), ze=torch.zeros(2, 0, 4, dtype=f64),
    i1=torch.tensor([3, 1, 3]), i2=torch.tensor([[1, 3, 2], [2, 2, 1]]), i3=torch.tensor([[1], [3]]), ip=torch.tensor([2, 1]), lab=torch.tensor([1, 3, 2, 3]), labi=torch.tensor([1, -100, 2, 3]), tok=torch.tensor([[1, 5], [2, 2]]),
    cnt=torch.tensor([1, 3, 3, 5]), order=torch.tensor([1.0, 3.0, 3.0, 5.0], dtype=f64), look=torch.tensor([0.0, 3.0, 4.0, 9.0], dtype=f64), mask3=torch.tensor([[True, False, True, True, False]] * 3), msk=torch.tensor([[False, True, True], [True, False, True]]),
)
differentiable = [name for name in pool if pool[name].dtype == f64 and name not in (
    "ties ez es ze n nn nm halves edge order look sing zf").split()]
tensors, lines, holes = {f"in.{name}": x.contiguous() for name, x in pool.items()}, [], {}


def weights(shape):
    """The same numbers in every language: element i has weight 0.5 + ((i · 37) mod 101) / 101."""
    n = int(torch.tensor(shape).prod()) if len(shape) else 1
    return (0.5 + (torch.arange(n) * 37 % 101).to(f64) / 101).reshape(shape)


def case(op, prop, python, lua, smooth=1, grad=True):
    """One case; a name in both expressions that is in the pool is an input."""
    names = [name for name in pool if re.search(rf"(?<![\w.\"']){name}(?![\w=\"'(])", python)]
    env = {name: pool[name].clone() for name in names}
    leaves = {}
    for name in names:
        if grad and name in differentiable:
            leaves[name] = env[name].requires_grad_()
    try:
        out = eval(python, {"torch": torch, "F": F, "nan": nan, "inf": inf, **env})
    except (RuntimeError, IndexError, TypeError, NotImplementedError, ValueError) as error:
        holes.setdefault(op, {})[prop] = str(error).split("\n")[0]
        return
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    number = len(lines)
    for i, y in enumerate(outs):
        tensors[f"{number}.{i}"] = torch.as_tensor(y).detach().clone().contiguous()
    level = 0
    if leaves and torch.is_tensor(outs[0]) and outs[0].requires_grad:
        try:
            found = torch.autograd.grad(outs[0], list(leaves.values()), weights(list(outs[0].shape)).to(outs[0].dtype), allow_unused=True)
            level = smooth if any(gradient is not None for gradient in found) else 0
        except (RuntimeError, NotImplementedError) as error:  # some have no derivative in PyTorch
            holes.setdefault(op, {})["gradient"] = str(error)
            found = []
        for name, gradient in zip(leaves, found):
            if gradient is not None:
                tensors[f"{number}.{name}"] = gradient.clone().contiguous()
    lines.append("\t".join([str(number), op, prop, str(level), lua]))


def both(op, prop, template, py, lua, **options):
    """A case whose expressions differ only in the function's name: `{}` in the template."""
    case(op, prop, template.replace("{}", py), template.replace("{}", lua), **options)


# ---- Elementwise functions of one tensor: domain, whether the second derivative exists everywhere, Python's name
unary = {
    "neg": ("f", 2), "abs": ("f", 1), "sign": ("f", 1), "sqrt": ("p", 2), "rsqrt": ("p", 2), "square": ("f", 2), "reciprocal": ("p", 2), "exp": ("f", 2),
    "expm1": ("f", 2), "log": ("p", 2), "log1p": ("p", 2), "log2": ("p", 2), "log10": ("p", 2), "sin": ("f", 2), "cos": ("f", 2), "tan": ("u", 2),
    "asin": ("u", 2), "acos": ("u", 2), "atan": ("f", 2), "sinh": ("f", 2), "cosh": ("f", 2), "tanh": ("f", 2), "erf": ("f", 2), "floor": ("f", 1),
    "ceil": ("f", 1), "trunc": ("f", 1), "frac": ("f", 1), "round": ("f", 1), "sigmoid": ("f", 2), "relu": ("f", 1), "silu": ("f", 2), "mish": ("f", 2),
    "log_sigmoid": ("f", 2), "gelu": ("f", 2), "elu": ("f", 1), "softplus": ("f", 2), "leaky_relu": ("f", 1), "hardtanh": ("f", 1), "nan_to_num": ("f", 1),
    "logical_not": ("f", 1), "isnan": ("f", 1), "isinf": ("f", 1), "isfinite": ("f", 1),
}
python_names = {"log_sigmoid": "F.logsigmoid", "silu": "F.silu", "mish": "F.mish", "gelu": "F.gelu", "elu": "F.elu", "softplus": "F.softplus", "leaky_relu": "F.leaky_relu", "hardtanh": "F.hardtanh"}
for op, (x, smooth) in unary.items():
    py, lua = python_names.get(op, f"torch.{op}"), f"T.{op}"
    both(op, "base", "{}(%s)" % x, py, lua, smooth=smooth)
    both(op, "0-d", "{}(%s)" % ("ps" if x == "p" else "s" if x == "f" else "ps"), py, lua)
    both(op, "zero-size", "{}(e)", py, lua)
    both(op, "int", "{}(k)", py, lua)
    both(op, "uint8", "{}(u8)", py, lua)
    both(op, "bool", "{}(b)", py, lua)
    both(op, "nan inf", "{}(n)", py, lua)
    both(op, "large", "{}(big)", py, lua)
    both(op, "small", "{}(tiny)", py, lua)
    case(op, "method", f"{py}({x})", f"{x}:{op}()", grad=False)
    if op not in ("isnan", "isinf", "isfinite"):
        # Everywhere the result in the receiver's own type.
        case(op, "in place", f"{py}({x}.clone()).to({x}.dtype)", f"{x}:clone():{op}_()", smooth=smooth)
case("gelu", "option", "F.gelu(f, approximate='tanh')", "f:gelu('tanh')", smooth=2)
case("elu", "option", "F.elu(f, alpha=1.5)", "f:elu(1.5)")
case("softplus", "option", "F.softplus(f, beta=2, threshold=1)", "f:softplus(2, 1)")
case("leaky_relu", "option", "F.leaky_relu(f, 0.3)", "f:leaky_relu{negative_slope=0.3}")
case("hardtanh", "option", "F.hardtanh(f, -0.5, 0.7)", "f:hardtanh(-0.5, 0.7)")
case("nan_to_num", "option", "torch.nan_to_num(n, 7., 8., -9.)", "n:nan_to_num(7, 8, -9)")
case("round", "option", "torch.round(f, decimals=1)", "f:round(1)")
case("round", "ties", "torch.round(halves)", "halves:round()")
case("sign", "ties", "torch.sign(n)", "n:sign()")
for op in ("relu", "abs", "hardtanh", "leaky_relu", "elu", "clamp"):
    arguments = {"clamp": ", -1., 1."}.get(op, "")
    py = python_names.get(op, f"torch.{op}")
    pool["edges"] = pool["edge"]
    tensors["in.edges"] = pool["edge"].clone()
    differentiable.append("edges") if "edges" not in differentiable else None
    # smooth=-1: a gradient to compare with PyTorch's, at a corner where differences have none.
    case(op, "ties", f"{py}(edges{arguments})", f"edges:{op}({arguments[2:]})", smooth=-1)

# ---- Elementwise functions of two tensors: operands, broadcast operands, smooth
binary = {
    "add": ("f", "g", "r", 2), "sub": ("f", "g", "r", 2), "mul": ("f", "g", "r", 2), "div": ("f", "p", "q", 2), "floor_divide": ("f", "p", "q", 1), "remainder": ("f", "p", "q", 1),
    "fmod": ("f", "p", "q", 1), "pow": ("p", "g", "r", 2), "minimum": ("f", "g", "r", 1), "maximum": ("f", "g", "r", 1), "atan2": ("f", "p", "q", 2), "logaddexp": ("f", "g", "r", 2),
    "eq": ("zf", "f", "r", 1), "ne": ("zf", "f", "r", 1), "lt": ("f", "g", "r", 1), "le": ("f", "g", "r", 1), "gt": ("f", "g", "r", 1), "ge": ("f", "g", "r", 1),
    "logical_and": ("zf", "f", "r", 1), "logical_or": ("zf", "f", "r", 1), "logical_xor": ("zf", "f", "r", 1),
}
for op, (x, y, z, smooth) in binary.items():
    py, lua = f"torch.{op}", f"T.{op}"
    both(op, "base", "{}(%s, %s)" % (x, y), py, lua, smooth=smooth)
    both(op, "broadcast", "{}(%s, %s)" % (x, z), py, lua, smooth=smooth)
    both(op, "broadcast both", "{}(%s, %s)" % ("pc" if op == "pow" else "col", "q" if z == "q" else "row"), py, lua, smooth=smooth)
    both(op, "broadcast left", "{}(%s, %s)" % (z if z == "q" or op != "pow" else "q", "p" if y == "p" else "f"), py, lua)
    both(op, "0-d", "{}(%s, %s)" % ("ps" if op == "pow" else "s", "ps" if y == "p" else "s"), py, lua)
    both(op, "0-d", "{}(h, ps)", py, lua, grad=False)
    both(op, "zero-size", "{}(e, r)", py, lua)
    both(op, "zero-size", "{}(e, s1)", py, lua)
    both(op, "int", "{}(k, kn)", py, lua)
    both(op, "int", "{}(k32, kn)", py, lua)
    both(op, "uint8", "{}(u8, u8 + 1)", py, lua)
    both(op, "int float", "{}(k, h)", py, lua)
    both(op, "int float", "{}(h, p)", py, lua, grad=False)
    both(op, "bool", "{}(b, bb)", py, lua)
    both(op, "bool int", "{}(b, kn)", py, lua)
    both(op, "nan inf", "{}(n, nn)", py, lua)
    case(op, "large", f"{py}(big, big.flip(0))", f"{lua}(big, big:flip(1))")
    case(op, "ties", f"{py}(k, k)", f"{lua}(k, k)")
    if op not in ("minimum", "maximum", "atan2", "logaddexp", "logical_and", "logical_or", "logical_xor"):
        case(op, "number", f"{py}(%s, 2)" % x, f"{x}:{op}(2)", smooth=smooth)
        case(op, "number", f"{py}(k, 2)", f"k:{op}(2)")
        case(op, "number", f"{py}(k, 2.5)", f"k:{op}(2.5)")
        case(op, "number", f"{py}(b, 1)", f"b:{op}(1)")
        case(op, "number", f"{py}(k32, -3)", f"k32:{op}(-3)")
    if op in ("eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor"):
        case(op, "in place", f"{py}({x}, {y}).to({x}.dtype)", f"{x}:clone():{op}_({y})")
    else:
        case(op, "in place", f"{py}({x}, {y})", f"{x}:clone():{op}_({y})", smooth=smooth)
        case(op, "in place", f"{py}({x}, {z})", f"{x}:clone():{op}_({z})", smooth=smooth)
# Operators, with numbers on either side.
for symbol, op, x, y in (("+", "add", "f", "g"), ("-", "sub", "f", "g"), ("*", "mul", "f", "g"), ("/", "div", "f", "p"), ("%", "remainder", "f", "p")):
    case(op, "operator", f"{x} {symbol} {y}", f"{x} {symbol} {y}")
    case(op, "operator", f"3 {symbol} p", f"3 {symbol} p", smooth=2 if symbol != "%" else 1)
    case(op, "operator", f"k {symbol} 2", f"k {symbol} 2")
    case(op, "operator", f"7.5 {symbol} kn", f"7.5 {symbol} kn")
case("floor_divide", "operator", "torch.floor_divide(k, kn)", "k // kn")
case("floor_divide", "operator", "torch.floor_divide(k, 2)", "k // 2")
for how in ("trunc", "floor"):
    case("div", "option", f"torch.div(f, p, rounding_mode='{how}')", f"f:div(p, {{rounding_mode='{how}'}})")
    case("div", "option", f"torch.div(k, kn, rounding_mode='{how}')", f"k:div(kn, '{how}')")
    case("div", "option", f"torch.div(k, 2, rounding_mode='{how}')", f"k:clone():div_(2, '{how}')")
case("pow", "operator", "p ** 3", "p ^ 3", smooth=2)
case("pow", "operator", "2 ** f", "2 ^ f", smooth=2)
case("pow", "operator", "k ** 2", "k ^ 2")
case("pow", "zero", "zf ** 2", "zf ^ 2")
case("pow", "zero", "zf ** 0", "zf ^ 0")
case("neg", "operator", "-f", "-f")
case("add", "alpha", "torch.add(f, g, alpha=2)", "f:add(g, {alpha=2})", smooth=2)
case("sub", "alpha", "torch.sub(f, g, alpha=0.5)", "f:sub(g, {alpha=0.5})", smooth=2)
for prop, low, high in (("base", "-0.5", "0.8"), ("int", "-1", "2")):
    x = "f" if prop == "base" else "k"
    case("clamp", prop, f"torch.clamp({x}, {low}, {high})", f"{x}:clamp({low}, {high})")
case("clamp", "option", "torch.clamp(f, min=0.1)", "f:clamp{min=0.1}")
case("clamp", "option", "torch.clamp(f, max=0.1)", "f:clamp{max=0.1}")
case("clamp", "broadcast", "torch.clamp(f, r, p)", "f:clamp(r, p)")
case("clamp", "nan inf", "torch.clamp(n, -1, 1)", "n:clamp(-1, 1)")
case("clamp", "crossed", "torch.clamp(f, 1, -1)", "f:clamp(1, -1)")
case("clamp", "zero-size", "torch.clamp(e, 0, 1)", "e:clamp(0, 1)")
case("clamp", "0-d", "torch.clamp(s, -0.1, 0.1)", "s:clamp(-0.1, 0.1)")
case("clamp", "bool", "torch.clamp(k, 0.5)", "k:clamp(0.5)")
case("clamp", "in place", "torch.clamp(f, -0.5, 0.5)", "f:clone():clamp_(-0.5, 0.5)")
case("lerp", "base", "torch.lerp(f, g, 0.3)", "f:lerp(g, 0.3)", smooth=2)
case("lerp", "broadcast", "torch.lerp(f, r, col)", "f:lerp(r, col)", smooth=2)
case("lerp", "0-d", "torch.lerp(s, s, 0.7)", "s:lerp(s, 0.7)")
case("lerp", "zero-size", "torch.lerp(e, e, 0.5)", "e:lerp(e, 0.5)")
case("lerp", "in place", "torch.lerp(f, g, 0.7)", "f:clone():lerp_(g, 0.7)", smooth=2)
case("where", "base", "torch.where(msk, f, g)", "T.where(msk, f, g)", smooth=2)
case("where", "broadcast", "torch.where(bb, col, f)", "bb:where(col, f)", smooth=2)
case("where", "number", "torch.where(msk, f, 0.)", "msk:where(f, 0)", smooth=2)
case("where", "number", "torch.where(msk, 1., f)", "T.where(msk, 1, f)", smooth=2)
case("where", "int float", "torch.where(msk, k, h)", "msk:where(k, h)")
case("where", "0-d", "torch.where(msk, s, f)", "msk:where(s, f)")
case("where", "zero-size", "torch.where(e > 0, e, e)", "e:gt(0):where(e, e)")
for op in ("isclose", "allclose"):
    case(op, "base", f"torch.{op}(f, g)", f"f:{op}(g)")
    case(op, "nan inf", f"torch.{op}(n, n)", f"n:{op}(n)")
    case(op, "option", f"torch.{op}(n, n, equal_nan=True)", f"n:{op}(n, {{equal_nan=true}})")
    case(op, "option", f"torch.{op}(f, f + 0.01, 0.1, 0.1)", f"f:{op}(f + 0.01, 0.1, 0.1)")
case("equal", "base", "torch.equal(f, f)", "f:equal(f)")
case("equal", "nan inf", "torch.equal(n, n)", "n:equal(n:clone())")
case("equal", "shape", "torch.equal(f, r)", "f:equal(r)")

# ---- Reductions over one or several dimensions
several = {"sum": 2, "mean": 2, "amax": 1, "amin": 1, "any": 1, "all": 1, "nansum": 1, "nanmean": 1, "logsumexp": 2, "count_nonzero": 1, "var": 2, "std": 2, "norm": 2, "prod": 2}
for op, smooth in several.items():
    name = f"torch.{op}" if op != "norm" else "torch.linalg.vector_norm"
    dims = "dim=" if op == "norm" else ""
    lua_dims = "2, " if op == "norm" else ""
    if op == "logsumexp":
        case(op, "base", "torch.logsumexp(f, (0, 1))", "f:logsumexp()", smooth=smooth)
    else:
        case(op, "base", f"{name}(f)", f"f:{op}()", smooth=smooth)
    case(op, "dim", f"{name}(t3, {dims}1)", f"t3:{op}({lua_dims}2)", smooth=smooth)
    case(op, "negative dim", f"{name}(t3, {dims}-1)", f"t3:{op}({lua_dims}-1)", smooth=smooth)
    if op != "prod":
        case(op, "several dims", f"{name}(t3, {dims}(0, 2))", f"t3:{op}({lua_dims}{{1, 3}})", smooth=smooth)
        case(op, "several dims", f"{name}(t3, {dims}(-1, 0))", f"t3:{op}({lua_dims}{{-1, 1}})", smooth=smooth)
    if op != "count_nonzero":
        case(op, "keepdim", f"{name}(t3, {dims}1, keepdim=True)", f"t3:{op}({lua_dims}2, {{keepdim=true}})", smooth=smooth)
    case(op, "0-d", f"{name}(s)" if op != "logsumexp" else "torch.logsumexp(s, 0)", f"s:{op}()", smooth=-1)
    case(op, "zero-size", f"{name}(ze, {dims}1)", f"ze:{op}({lua_dims}2)")
    case(op, "zero-size", f"{name}(ze, {dims}0)", f"ze:{op}({lua_dims}1)")
    case(op, "zero-size", f"{name}(e)" if op != "logsumexp" else "torch.logsumexp(e, (0, 1))", f"e:{op}()", grad=op != "logsumexp")
    case(op, "int", f"{name}(k)" if op != "logsumexp" else "torch.logsumexp(k, 0)", f"k:{op}()" if op != "logsumexp" else "k:logsumexp(1)")
    case(op, "int", f"{name}(u8, {dims}1)", f"u8:{op}({lua_dims}2)")
    case(op, "bool", f"{name}(b, {dims}0)", f"b:{op}({lua_dims}1)")
    case(op, "nan inf", f"{name}(nm, {dims}1)", f"nm:{op}({lua_dims}2)")
    case(op, "ties", f"{name}(ties, {dims}1)", f"ties:{op}({lua_dims}2)")
    if op not in ("prod", "std"):  # PyTorch's intermediate results overflow elsewhere than ours
        case(op, "large", f"{name}(huge, {dims}1)", f"huge:{op}({lua_dims}2)")
pool["tied"] = pool["ties"]
tensors["in.tied"] = pool["ties"].clone()
differentiable.append("tied")
for op in ("amax", "amin"):
    case(op, "ties", f"torch.{op}(tied, 1)", f"tied:{op}(2)", smooth=-1)
for op in ("max", "min"):
    case(op, "ties", f"torch.{op}(tied)", f"tied:{op}()", smooth=-1)
case("prod", "zero", "torch.prod(tied, 1)", "tied:prod(2)", smooth=-1)
for op in ("var", "std"):
    case(op, "option", f"torch.{op}(t3, 1, correction=0)", f"t3:{op}(2, {{correction=0}})", smooth=2)
    case(op, "option", f"torch.{op}(t3, 1, unbiased=False)", f"t3:{op}(2, {{unbiased=false}})", smooth=2)
    case(op, "option", f"torch.{op}(t3, 1, False, True)", f"t3:{op}(2, false, true)", smooth=2)
    case(op, "option", f"torch.{op}(t3, (0, 2), correction=2)", f"t3:{op}({{1, 3}}, 2)", smooth=2)
    case(op, "option", f"torch.{op}(s1, correction=1)", f"s1:{op}()", grad=False)
for order in ("1", "3", "0.5", "inf", "-inf", "0"):
    lua_order = {"inf": "math.huge", "-inf": "-math.huge"}.get(order, order)
    case("norm", "option", f"torch.linalg.vector_norm(t3, {order}, 1)", f"t3:norm({lua_order}, 2)")
for op in ("max", "min"):
    case(op, "base", f"torch.{op}(f)", f"f:{op}()")
    case(op, "two tensors", f"torch.{op}(f, g)", f"f:{op}(g)")
    case(op, "two tensors", f"torch.{op}(f, r)", f"T.{op}(f, r)")
for op in ("max", "min", "median", "nanmedian", "mode"):
    for prop, x, d, e in (("dim", "t3", 1, 2), ("negative dim", "t3", -1, -1), ("nan inf", "nm", 1, 2), ("int", "k", 1, 2), ("bool", "b", 1, 2), ("zero-size", "ze", 0, 1)):
        case(op, prop, f"(lambda y: (y[0], y[1] + 1))(torch.{op}({x}, {d}))", f"{x}:{op}({e})")
    if op in ("max", "min"):
        case(op, "ties", f"torch.{op}(ties, 1)[0]", f"(ties:{op}(2))")
    case(op, "keepdim", f"(lambda y: (y[0], y[1] + 1))(torch.{op}(t3, 1, True))", f"t3:{op}(2, true)")
    case(op, "0-d", f"(lambda y: (y[0], y[1] + 1))(torch.{op}(s, 0))", f"s:{op}(1)")
for op in ("median", "nanmedian"):
    case(op, "base", f"torch.{op}(f)", f"f:{op}()")
    case(op, "nan inf", f"torch.{op}(nn)", f"nn:{op}()")
    case(op, "ties", f"torch.{op}(ties, 1)[0]", f"(ties:{op}(2))")
case("mode", "ties", "torch.mode(ties, 1)[0]", "(ties:mode(2))")
case("mode", "base", "torch.mode(ties)[0]", "(ties:mode())")
for op in ("argmax", "argmin"):
    case(op, "base", f"torch.{op}(f) + 1", f"f:{op}()")
    case(op, "dim", f"torch.{op}(t3, 1) + 1", f"t3:{op}(2)")
    case(op, "negative dim", f"torch.{op}(t3, -1) + 1", f"t3:{op}(-1)")
    case(op, "keepdim", f"torch.{op}(t3, 1, True) + 1", f"t3:{op}(2, true)")
    case(op, "ties", f"torch.{op}(ties, 1) + 1", f"ties:{op}(2)")
    case(op, "nan inf", f"torch.{op}(nm, 1) + 1", f"nm:{op}(2)")
    case(op, "int", f"torch.{op}(k, 1) + 1", f"k:{op}(2)")
    case(op, "0-d", f"torch.{op}(s) + 1", f"s:{op}()")
for op in ("quantile", "nanquantile"):
    case(op, "base", f"torch.{op}(f, 0.3)", f"f:{op}(0.3)")
    case(op, "dim", f"torch.{op}(t3, 0.6, 1)", f"t3:{op}(0.6, 2)")
    case(op, "negative dim", f"torch.{op}(t3, 0.6, -1)", f"t3:{op}(0.6, -1)")
    case(op, "keepdim", f"torch.{op}(t3, 0.6, 1, True)", f"t3:{op}(0.6, 2, true)")
    case(op, "several", f"torch.{op}(t3, torch.tensor([0.1, 0.5, 1.], dtype=torch.float64), 1)", f"t3:{op}({{0.1, 0.5, 1}}, 2)")
    case(op, "nan inf", f"torch.{op}(nm, 0.5, 1)", f"nm:{op}(0.5, 2)")
    case(op, "0-d", f"torch.{op}(s, 0.5)", f"s:{op}(0.5)")
    for how in ("lower", "higher", "midpoint", "nearest"):
        case(op, "option", f"torch.{op}(t3, 0.4, 2, interpolation='{how}')", f"t3:{op}(0.4, 3, {{interpolation='{how}'}})")
for op in ("softmax", "log_softmax"):
    case(op, "dim", f"torch.{op}(t3, 1)", f"t3:{op}(2)", smooth=2)
    case(op, "negative dim", f"torch.{op}(t3, -1)", f"t3:{op}(-1)", smooth=2)
    case(op, "0-d", f"torch.{op}(s, 0)", f"s:{op}(1)")
    case(op, "zero-size", f"torch.{op}(ze, 0)", f"ze:{op}(1)")
    case(op, "large", f"torch.{op}(huge, 1)", f"huge:{op}(2)")
    case(op, "nan inf", f"torch.{op}(nm, 1)", f"nm:{op}(2)")
for op in ("cumsum", "cumprod"):
    for prop, x, d, e in (("dim", "t3", 1, 2), ("negative dim", "t3", -1, -1), ("0-d", "s", 0, 1), ("zero-size", "ze", 1, 2), ("int", "k", 1, 2), ("bool", "b", 0, 1), ("nan inf", "nm", 1, 2), ("zero", "tied", 1, 2)):
        case(op, prop, f"torch.{op}({x}, {d})", f"{x}:{op}({e})", smooth=2 if prop != "zero" else 1)
    case(op, "in place", f"torch.{op}(f, 1)", f"f:clone():{op}_(2)", smooth=2)
for op in ("cummax", "cummin"):
    for prop, x, d, e in (("dim", "t3", 1, 2), ("negative dim", "t3", -1, -1), ("0-d", "s", 0, 1), ("zero-size", "ze", 1, 2), ("int", "k", 1, 2), ("ties", "ties", 1, 2), ("nan inf", "nm", 1, 2)):
        case(op, prop, f"(lambda y: (y[0], y[1] + 1))(torch.{op}({x}, {d}))", f"{x}:{op}({e})")

# ---- Order and counts
case("sort", "base", "(lambda y: (y[0], y[1] + 1))(torch.sort(f))", "f:sort()")
case("sort", "dim", "(lambda y: (y[0], y[1] + 1))(torch.sort(t3, 1))", "t3:sort(2)")
case("sort", "option", "(lambda y: (y[0], y[1] + 1))(torch.sort(t3, -2, True))", "t3:sort(-2, {descending=true})")
case("sort", "ties", "(lambda y: (y[0], y[1] + 1))(torch.sort(ties, 1, stable=True))", "ties:sort(2)")
case("sort", "ties", "(lambda y: (y[0], y[1] + 1))(torch.sort(ties, dim=1, descending=True, stable=True))", "ties:sort(2, true)")
case("sort", "nan inf", "torch.sort(nn)[0]", "(nn:sort())")
case("sort", "int", "(lambda y: (y[0], y[1] + 1))(torch.sort(k, 1))", "k:sort(2)")
case("sort", "bool", "torch.sort(b, 1)[0]", "(b:sort(2))")
case("sort", "zero-size", "torch.sort(ze, 0)[0]", "(ze:sort(1))")
case("sort", "0-d", "(lambda y: (y[0], y[1] + 1))(torch.sort(s))", "s:sort()")
case("argsort", "base", "torch.argsort(f) + 1", "f:argsort()")
case("argsort", "dim", "torch.argsort(t3, 1, True) + 1", "t3:argsort(2, true)")
case("argsort", "ties", "torch.argsort(ties, dim=1, stable=True) + 1", "ties:argsort(2)")
case("topk", "base", "(lambda y: (y[0], y[1] + 1))(torch.topk(f, 2))", "f:topk(2)")
case("topk", "dim", "(lambda y: (y[0], y[1] + 1))(torch.topk(t3, 2, 1))", "t3:topk(2, 2)")
case("topk", "option", "(lambda y: (y[0], y[1] + 1))(torch.topk(t3, 2, 1, False))", "t3:topk(2, 2, {largest=false})")
case("topk", "nan inf", "torch.topk(nn, 3)[0]", "(nn:topk(3))")
case("topk", "int", "torch.topk(k, 2)[0]", "(k:topk(2))")
case("topk", "zero-size", "torch.topk(f, 0)[0]", "(f:topk(0))")
case("topk", "ties", "torch.topk(ties, 2)[0]", "(ties:topk(2))")
case("kthvalue", "base", "(lambda y: (y[0], y[1] + 1))(torch.kthvalue(f, 2))", "f:kthvalue(2)")
case("kthvalue", "dim", "(lambda y: (y[0], y[1] + 1))(torch.kthvalue(t3, 1, 1, True))", "t3:kthvalue(1, 2, true)")
case("kthvalue", "ties", "torch.kthvalue(ties, 3, 1)[0]", "(ties:kthvalue(3, 2))")
case("kthvalue", "negative dim", "(lambda y: (y[0], y[1] + 1))(torch.kthvalue(t3, 2, -2))", "t3:kthvalue(2, -2)")
case("kthvalue", "0-d", "(lambda y: (y[0], y[1] + 1))(torch.kthvalue(s, 1))", "s:kthvalue(1)")
case("kthvalue", "nan inf", "torch.kthvalue(nm, 3, 1)[0]", "(nm:kthvalue(3, 2))")
case("unique", "base", "torch.unique(ties, return_counts=True)", "ties:unique{return_counts=true}")
case("unique", "option", "(lambda y: (y[0], y[1] + 1, y[2]))(torch.unique(k, return_inverse=True, return_counts=True))", "k:unique(true, true, true)")
case("unique", "bool", "torch.unique(b)", "b:unique()")
case("unique", "zero-size", "torch.unique(e)", "e:unique()")
case("searchsorted", "base", "torch.searchsorted(order, look) + 1", "order:searchsorted(look)")
case("searchsorted", "option", "torch.searchsorted(order, look, right=True) + 1", "order:searchsorted(look, true)")
case("bincount", "base", "torch.bincount(cnt - 1)", "cnt:bincount()")
case("bincount", "option", "torch.bincount(cnt - 1, c4.detach(), 7)", "cnt:bincount(c4:detach(), 7)")
case("bincount", "zero-size", "torch.bincount(ei)", "ei:bincount()")
case("histc", "base", "torch.histc(f.detach(), 4)", "f:detach():histc(4)")
case("histc", "option", "torch.histc(f.detach(), 3, -1, 1)", "f:detach():histc(3, -1, 1)")
case("nonzero", "base", "torch.nonzero(zf) + 1", "zf:nonzero()")
case("nonzero", "bool", "torch.nonzero(b) + 1", "b:nonzero()")
case("nonzero", "0-d", "torch.nonzero(s) + 1", "s:nonzero()")
case("nonzero", "zero-size", "torch.nonzero(e) + 1", "e:nonzero()")

# ---- Products
for op, x, y in (("mm", "m34", "m42"), ("bmm", "b23", "b34"), ("mv", "m34", "v4"), ("dot", "r", "c3"), ("outer", "r", "v4")):
    case(op, "base", f"torch.{op}({x}, {y})", f"{x}:{op}({y})", smooth=2)
case("mm", "int", "torch.mm(k, kn.T)", "k:mm(kn:t())")
case("mm", "zero-size", "torch.mm(ez, e)", "ez:mm(e)")
case("mm", "zero-size", "torch.mm(e, m34)", "e:mm(m34)", grad=False)
case("mm", "transposed", "torch.mm(m34, m34.T)", "m34:mm(m34:t())", smooth=2)
case("outer", "int", "torch.outer(i1, cnt)", "i1:outer(cnt)")
case("dot", "int", "torch.dot(cnt, cnt)", "cnt:dot(cnt)")
for prop, x, y in (("base", "m34", "m42"), ("vector", "m34", "v4"), ("vector", "v4", "m42"), ("vector", "v4", "c4"), ("broadcast", "b23", "m42"), ("broadcast", "m34", "b34"), ("batch", "b23", "b34"), ("batch vector", "b23", "v4")):
    case("matmul", prop, f"torch.matmul({x}, {y})", f"{x}:matmul({y})", smooth=2)
case("matmul", "zero-size", "torch.matmul(ze, m42)", "ze:matmul(m42)", grad=False)
case("matmul", "int", "torch.matmul(k, i1)", "k:matmul(i1)")
case("matmul", "transposed", "torch.matmul(t3, t3.transpose(1, 2))", "t3:matmul(t3:transpose(2, 3))", smooth=2)
case("addmm", "base", "torch.addmm(r[:2], m34, m42, beta=0.5, alpha=2)", "r['1:2']:addmm(m34, m42, {beta=0.5, alpha=2})", smooth=2)
case("baddbmm", "base", "torch.baddbmm(c2, b23, b34, beta=0.5, alpha=2)", "c2:baddbmm(b23, b34, 0.5, 2)", smooth=2)
case("linear", "base", "F.linear(t3, m34, c3)", "t3:linear(m34, c3)", smooth=2)
case("linear", "no bias", "F.linear(v4, m34)", "v4:linear(m34)", smooth=2)
for equation, operands in (("ij,jk->ik", "m34, m42"), ("bij,bjk->bik", "b23, b34"), ("ij->ji", "m34"), ("ij->", "m34"), ("ii->i", "sq"), ("ii", "sq"), ("i,j->ij", "r, v4"), ("...ij,...jk", "b23, b34"), ("b...,b...->...", "t3, b23"), ("ij,ij->j", "f, g"), ("ij,jk,k->i", "m34, m42, c2"), ("ij,kj", "f, g"), ("ij,...jk->...ik", "m34, b34")):
    case("einsum", "ellipsis" if "..." in equation else "base", f"torch.einsum('{equation}', {operands})", f"T.einsum('{equation}', {operands})", smooth=2)
case("einsum", "zero-size", "torch.einsum('ij,jk', ez, e)", "T.einsum('ij,jk', ez, e)")
case("trace", "base", "torch.trace(sq)", "sq:trace()", smooth=2)
case("trace", "int", "torch.trace(k)", "k:trace()")
case("cross", "base", "torch.cross(v3, w3)", "v3:cross(w3)", smooth=2)
case("cross", "dim", "torch.linalg.cross(sq, m34[:, :3], dim=0)", "sq:cross(m34[':, 1:3'], 1)", smooth=2)
case("cross", "broadcast", "torch.cross(v3, row, dim=1)", "v3:cross(row, 2)", smooth=2)
case("tensordot", "base", "torch.tensordot(t3, m43, 1)", "t3:tensordot(m43, 1)", smooth=2)
case("tensordot", "dim", "torch.tensordot(t3, m43, ([1, 2], [1, 0]))", "t3:tensordot(m43, {{2, 3}, {2, 1}})", smooth=2)
case("tensordot", "outer", "torch.tensordot(r, v4, 0)", "r:tensordot(v4, 0)", smooth=2)
case("kron", "base", "torch.kron(f, sq)", "f:kron(sq)", smooth=2)
case("kron", "ranks", "torch.kron(r, f)", "r:kron(f)", smooth=2)
case("cdist", "base", "torch.cdist(m34, m43.T)", "m34:cdist(m43:t())", smooth=2)
case("cdist", "option", "torch.cdist(m34, m43.T, p=1.)", "m34:cdist(m43:t(), 1)")
case("cdist", "batch", "torch.cdist(t3, b23)", "t3:cdist(b23)")

# ---- Linear algebra
L = "linalg."
case(L + "inv", "base", "torch.linalg.inv(sq)", "T.linalg.inv(sq)", smooth=2)
case(L + "inv", "batch", "torch.linalg.inv(bsq)", "T.linalg.inv(bsq)", smooth=2)
case(L + "inv", "zero-size", "torch.linalg.inv(es)", "T.linalg.inv(es)")
case(L + "solve", "base", "torch.linalg.solve(sq, rhs)", "T.linalg.solve(sq, rhs)", smooth=2)
case(L + "solve", "vector", "torch.linalg.solve(sq, c3)", "T.linalg.solve(sq, c3)", smooth=2)
case(L + "solve", "batch", "torch.linalg.solve(bsq, rhs.expand(2, 3, 2))", "T.linalg.solve(bsq, rhs:expand(2, 3, 2))", smooth=2)
case(L + "solve", "option", "torch.linalg.solve(sq, f, left=False)", "T.linalg.solve(sq, f, {left=false})", smooth=2)
case(L + "solve_triangular", "base", "torch.linalg.solve_triangular(sq, rhs, upper=True)", "T.linalg.solve_triangular(sq, rhs, {upper=true})", smooth=2)
case(L + "solve_triangular", "option", "torch.linalg.solve_triangular(sq, rhs, upper=False)", "T.linalg.solve_triangular(sq, rhs, false)", smooth=2)
case(L + "lstsq", "base", "(lambda y: (y[0], y[1]))(torch.linalg.lstsq(tall, m42, driver='gels'))", "T.linalg.lstsq(tall, m42)")
case(L + "lstsq", "wide", "torch.linalg.lstsq(wide, rhs, driver='gelsd')[0]", "(T.linalg.lstsq(wide, rhs))")
case(L + "cholesky", "base", "torch.linalg.cholesky(spd)", "T.linalg.cholesky(spd)", smooth=0)
case(L + "cholesky", "option", "torch.linalg.cholesky(spd, upper=True)", "T.linalg.cholesky(spd, true)", smooth=0)
case(L + "qr", "base", "torch.linalg.qr(tall)", "T.linalg.qr(tall)", smooth=0)
case(L + "qr", "base", "torch.linalg.qr(sq)", "T.linalg.qr(sq)", smooth=0)
case(L + "qr", "option", "torch.linalg.qr(wide, mode='complete')[1].abs()", "select(2, T.linalg.qr(wide, 'complete')):abs()", grad=False)
case(L + "svd", "base", "torch.linalg.svd(tall, False)[1]", "(select(2, T.linalg.svd(tall, false)))")
case(L + "svd", "batch", "torch.linalg.svd(b23, False)[1]", "(select(2, T.linalg.svd(b23, false)))")
case(L + "svd", "option", "(lambda y: (y[0] * y[1].unsqueeze(-2)) @ y[2])(torch.linalg.svd(tall, False))", "(function() local u, s, v = T.linalg.svd(tall, false) return (u * s):matmul(v) end)()", smooth=2)
case(L + "svdvals", "base", "torch.linalg.svdvals(wide)", "T.linalg.svdvals(wide)")
case(L + "eigh", "base", "torch.linalg.eigh(spd)[0]", "(T.linalg.eigh(spd))", smooth=0)
case(L + "eigh", "option", "torch.linalg.eigh(spd, 'U')[0]", "(T.linalg.eigh(spd, 'U'))", smooth=0)
case(L + "eigvalsh", "base", "torch.linalg.eigvalsh(spd)", "T.linalg.eigvalsh(spd)", smooth=0)
case(L + "eig", "base", "torch.linalg.eig(sq.detach())[0].real.sort()[0]", "(T.linalg.eig(sq:detach()):sort())")
case(L + "det", "base", "torch.linalg.det(sq)", "T.linalg.det(sq)", smooth=2)
case(L + "det", "batch", "torch.linalg.det(bsq)", "T.linalg.det(bsq)", smooth=2)
case(L + "det", "singular", "torch.linalg.det(sing)", "T.linalg.det(sing)")
case(L + "det", "zero-size", "torch.linalg.det(es)", "T.linalg.det(es)")
case(L + "slogdet", "base", "torch.linalg.slogdet(sq)[1]", "select(2, T.linalg.slogdet(sq))", smooth=2)
case(L + "slogdet", "batch", "torch.linalg.slogdet(bsq)", "T.linalg.slogdet(bsq)", grad=False)
case(L + "slogdet", "singular", "torch.linalg.slogdet(sing)[0]", "(T.linalg.slogdet(sing))")
case(L + "pinv", "base", "torch.linalg.pinv(tall)", "T.linalg.pinv(tall)", smooth=2)
case(L + "pinv", "wide", "torch.linalg.pinv(wide)", "T.linalg.pinv(wide)", smooth=2)
case(L + "pinv", "singular", "torch.linalg.pinv(sing)", "T.linalg.pinv(sing)")
case(L + "matrix_rank", "base", "torch.linalg.matrix_rank(sq.detach())", "T.linalg.matrix_rank(sq:detach())")
case(L + "matrix_rank", "singular", "torch.linalg.matrix_rank(sing)", "T.linalg.matrix_rank(sing)")
case(L + "matrix_exp", "base", "torch.linalg.matrix_exp(sq)", "T.linalg.matrix_exp(sq)", smooth=2)
case(L + "matrix_exp", "batch", "torch.linalg.matrix_exp(bsq)", "T.linalg.matrix_exp(bsq)")
case(L + "matrix_exp", "large", "torch.linalg.matrix_exp(sq * 20) / 1e20", "T.linalg.matrix_exp(sq * 20) / 1e20", grad=False)
case(L + "norm", "base", "torch.linalg.norm(t3)", "T.linalg.norm(t3)", smooth=2)
for order in ("1", "-1", "2", "-2", "inf", "-inf", "'fro'", "'nuc'"):
    lua_order = {"inf": "math.huge", "-inf": "-math.huge"}.get(order, order)
    case(L + "norm", "option", f"torch.linalg.norm(m34, {order})", f"T.linalg.norm(m34, {lua_order})")
    case(L + "matrix_norm", "base" if order == "1" else "option", f"torch.linalg.matrix_norm(t3, {order}, (0, 2), True)", f"T.linalg.matrix_norm(t3, {lua_order}, {{1, 3}}, true)")
case(L + "norm", "dim", "torch.linalg.norm(t3, 1, 1)", "T.linalg.norm(t3, 1, 2)")
case(L + "norm", "several dims", "torch.linalg.norm(t3, None, (0, 2), True)", "T.linalg.norm(t3, {dim={1, 3}, keepdim=true})", smooth=2)
case(L + "vector_norm", "base", "torch.linalg.vector_norm(t3, 3, (0, 2))", "T.linalg.vector_norm(t3, 3, {1, 3})")

# ---- Shapes
for op, lua, py in (
    ("reshape", "t3:reshape(4, -1)", "t3.reshape(4, -1)"), ("reshape", "t3:transpose(1, 3):reshape(6, 4)", "t3.transpose(0, 2).reshape(6, 4)"), ("reshape", "e:reshape(3, 0)", "e.reshape(3, 0)"), ("reshape", "s:reshape(1, 1)", "s.reshape(1, 1)"),
    ("view", "t3:view(6, 4)", "t3.reshape(6, 4)"), ("flatten", "t3:flatten()", "t3.flatten()"), ("flatten", "t3:flatten(2, -1)", "t3.flatten(1, -1)"), ("flatten", "s:flatten()", "s.flatten()"), ("unflatten", "t3:unflatten(3, 2, 2)", "t3.unflatten(2, (2, 2))"), ("unflatten", "t3:unflatten(-1, {2, -1})", "t3.unflatten(-1, (2, -1))"),
    ("squeeze", "col:squeeze()", "col.squeeze()"), ("squeeze", "col:squeeze(1)", "col.squeeze(0)"), ("squeeze", "row:squeeze(-2)", "row.squeeze(-2)"), ("unsqueeze", "f:unsqueeze(2)", "f.unsqueeze(1)"), ("unsqueeze", "s:unsqueeze(-1)", "s.unsqueeze(-1)"),
    ("t", "f:t()", "f.t()"), ("t", "r:t()", "r.t()"), ("transpose", "t3:transpose(1, -1)", "t3.transpose(0, -1)"), ("swapaxes", "t3:swapaxes(2, 3)", "t3.swapaxes(1, 2)"), ("permute", "t3:permute(3, 1, 2)", "t3.permute(2, 0, 1)"), ("permute", "t3:permute{-1, 1, 2}", "t3.permute(-1, 0, 1)"),
    ("movedim", "t3:movedim(1, 3)", "t3.movedim(0, 2)"), ("movedim", "t3:movedim({1, 2}, {-1, 1})", "t3.movedim((0, 1), (-1, 0))"), ("expand", "col:expand(4, 2, 3)", "col.expand(4, 2, 3)"), ("expand", "col:expand(-1, 5)", "col.expand(-1, 5)"), ("expand_as", "row:expand_as(f)", "row.expand_as(f)"), ("broadcast_to", "r:broadcast_to(2, 3)", "r.broadcast_to(2, 3)"),
    ("tile", "f:tile(2)", "f.tile(2)"), ("tile", "f:tile(2, 1, 2)", "f.tile(2, 1, 2)"), ("repeat_interleave", "f:repeat_interleave(2)", "f.repeat_interleave(2)"), ("repeat_interleave", "f:repeat_interleave(2, 2)", "f.repeat_interleave(2, 1)"), ("repeat_interleave", "f:repeat_interleave(ip, 1)", "f.repeat_interleave(ip, 0)"),
    ("cat", "T.cat{f, g}", "torch.cat([f, g])"), ("cat", "T.cat({f, col}, 2)", "torch.cat([f, col], 1)"), ("cat", "T.cat({f, e}, 1)", "torch.cat([f, e])"), ("cat", "T.cat({f, k}, -1)", "torch.cat([f, k], -1)"), ("stack", "T.stack({f, g}, 3)", "torch.stack([f, g], 2)"), ("stack", "T.stack{s, s}", "torch.stack([s, s])"),
    ("hstack", "T.hstack{f, col}", "torch.hstack([f, col])"), ("hstack", "T.hstack{r, v4}", "torch.hstack([r, v4])"), ("vstack", "T.vstack{r, f}", "torch.vstack([r, f])"), ("flip", "t3:flip(1, 3)", "t3.flip(0, 2)"), ("flip", "t3:flip{-1}", "t3.flip(-1)"),
    ("roll", "t3:roll(2)", "t3.roll(2)"), ("roll", "t3:roll({1, -2}, {1, 3})", "t3.roll((1, -2), (0, 2))"), ("tril", "sq:tril()", "sq.tril()"), ("tril", "bsq:tril(-1)", "bsq.tril(-1)"), ("triu", "sq:triu(1)", "sq.triu(1)"), ("triu", "m34:triu(-1)", "m34.triu(-1)"), ("diag", "r:diag()", "r.diag()"), ("diag", "r:diag(-1)", "r.diag(-1)"), ("diag", "m34:diag(1)", "m34.diag(1)"),
    ("diagonal", "t3:diagonal()", "t3.diagonal()"), ("diagonal", "t3:diagonal(1, 2, 3)", "t3.diagonal(1, 1, 2)"), ("narrow", "t3:narrow(2, 2, 2)", "t3.narrow(1, 1, 2)"), ("narrow", "t3:narrow(-1, -2, 2)", "t3.narrow(-1, -2, 2)"), ("select", "t3:select(2, -1)", "t3.select(1, -1)"), ("unfold", "t3:unfold(3, 2, 1)", "t3.unfold(2, 2, 1)"), ("unfold", "v4:unfold(1, 3, 2)", "v4.unfold(0, 3, 2)"),
    ("pad", "f:pad({1, 2})", "F.pad(f, (1, 2))"), ("pad", "f:pad({1, 0, 0, 2}, {value=3})", "F.pad(f, (1, 0, 0, 2), value=3.)"), ("pad", "f:pad({-1, 1})", "F.pad(f, (-1, 1))"), ("pad", "t3:pad({1, 2}, 'reflect')", "F.pad(t3, (1, 2), 'reflect')"), ("pad", "t3:pad({1, 2}, {mode='replicate'})", "F.pad(t3, (1, 2), 'replicate')"), ("pad", "t3:pad({1, 2}, {mode='circular'})", "F.pad(t3, (1, 2), 'circular')"),
    ("contiguous", "t3:transpose(1, 3):contiguous()", "t3.transpose(0, 2).contiguous()"), ("clone", "f:t():clone()", "f.t().clone()"), ("to", "f:to('float32')", "f.to(torch.float32)"), ("to", "n:to('bool')", "n.to(torch.bool)"), ("to", "f:to('int64')", "f.to(torch.int64)"), ("to", "u8:to('int32')", "u8.to(torch.int32)"), ("to", "k:to('uint8')", "k.to(torch.uint8)"),
    ("split", "table.unpack(t3:split(2, 2))", "t3.split(2, 1)"), ("split", "table.unpack(t3:split({1, 3}, -1))", "t3.split((1, 3), -1)"), ("chunk", "table.unpack(t3:chunk(2, 2))", "t3.chunk(2, 1)"), ("unbind", "table.unpack(t3:unbind(2))", "t3.unbind(1)"), ("unbind", "table.unpack(f:unbind())", "f.unbind()"), ("meshgrid", "table.unpack(T.meshgrid{r, v4})", "torch.meshgrid(r, v4, indexing='ij')"), ("meshgrid", "table.unpack(T.meshgrid({r, v4}, 'xy'))", "torch.meshgrid(r, v4, indexing='xy')"),
):
    case(op, "base", py, lua, smooth=0 if op == "to" else 2)

# ---- Picking and indexing
for op, lua, py in (
    ("index", "t3[1]", "t3[0]"), ("index", "t3[-1]", "t3[-1]"), ("index", "t3[{1, 2}]", "t3[0, 1]"), ("index", "t3[{{}, {2, 3}}]", "t3[:, 1:3]"), ("index", "t3[{{}, {}, {1, -1, 2}}]", "t3[:, :, ::2]"), ("index", "t3['2, :2, ::3']", "t3[1, :2, ::3]"), ("index", "t3[{{}, i1}]", "t3[:, i1 - 1]"),
    ("index", "t3[ip]", "t3[ip - 1]"), ("index", "t3[{ip, ip}]", "t3[ip - 1, ip - 1]"), ("index", "t3[{ip, {}, ip}]", "t3[ip - 1, :, ip - 1]"), ("index", "t3[{1, {}, ip}]", "t3[0, :, ip - 1]"), ("index", "t3[i2:narrow(2, 1, 2):clamp{max=2}]", "t3[i2[:, :2].clamp(max=2) - 1]"), ("index", "f[msk]", "f[msk]"), ("index", "t3[msk]", "t3[msk]"), ("index", "t3[{{}, bb}]", "t3[:, bb]"), ("index", "e[{{}, 1}]", "e[:, 0]"), ("index", "k[{{}, {2, 2}}]", "k[:, 1:2]"),
    ("index_select", "t3:index_select(2, i1)", "t3.index_select(1, i1 - 1)"), ("index_select", "t3:index_select(-1, i1)", "t3.index_select(-1, i1 - 1)"), ("gather", "f:gather(2, i2)", "f.gather(1, i2 - 1)"), ("gather", "m34:gather(1, i2)", "m34.gather(0, i2 - 1)"), ("take_along", "f:take_along(i3, 2)", "torch.take_along_dim(f, i3 - 1, 1)"), ("take_along", "f:take_along(cnt)", "torch.take_along_dim(f, cnt - 1)"), ("take", "f:take(i2)", "f.take(i2 - 1)"),
    ("scatter", "f:scatter(2, i3, col)", "f.scatter(1, i3 - 1, col)"), ("scatter", "f:scatter(2, i3, 1.5)", "f.scatter(1, i3 - 1, 1.5)"), ("scatter_add", "f:scatter_add(2, i2, g)", "f.scatter_add(1, i2 - 1, g)"), ("scatter_add", "f:scatter_add(1, i2:clamp{max=2}, g)", "f.scatter_add(0, i2.clamp(max=2) - 1, g)"), ("index_add", "f:index_add(2, i1, g)", "f.index_add(1, i1 - 1, g)"), ("index_add", "f:index_add(1, ip, g, {alpha=2})", "f.index_add(0, ip - 1, g, alpha=2)"), ("index_copy", "f:index_copy(1, ip, g)", "f.index_copy(0, ip - 1, g)"),
    ("masked_select", "f:masked_select(msk)", "f.masked_select(msk)"), ("masked_select", "f:masked_select(bb)", "f.masked_select(bb)"), ("masked_fill", "f:masked_fill(msk, 2)", "f.masked_fill(msk, 2.)"), ("masked_fill", "t3:masked_fill(bb:unsqueeze(2), s)", "t3.masked_fill(bb.unsqueeze(1), s)"),
):
    case(op, "base", py, lua, smooth=2)
for op, change_lua, change_py in (
    ("scatter", "scatter_(2, i3, col)", "scatter(1, i3 - 1, col)"), ("scatter_add", "scatter_add_(2, i2, g)", "scatter_add(1, i2 - 1, g)"), ("index_add", "index_add_(2, i1, g)", "index_add(1, i1 - 1, g)"), ("index_copy", "index_copy_(1, ip, g)", "index_copy(0, ip - 1, g)"), ("masked_fill", "masked_fill_(msk, 2)", "masked_fill(msk, 2.)"),
):
    case(op, "in place", f"f.{change_py}", f"f:clone():{change_lua}", smooth=2)
for lua, py in (
    ("x[1] = r", "x[0] = r"), ("x[{{}, 2}] = s", "x[:, 1] = s"), ("x[{{}, {1, -1, 2}}] = 5", "x[:, ::2] = 5"), ("x[msk] = 1", "x[msk] = 1"), ("x[ip] = g", "x[ip - 1] = g"), ("x[{ip, ip}] = c2", "x[ip - 1, ip - 1] = c2"), ("x[1]:mul_(r)", "x[0].mul_(r)"), ("x[{{}, {2, 3}}]:exp_()", "x[:, 1:3].exp_()"), ("x:t()[1]:add_(c2)", "x.t()[0].add_(c2)"), ("x['2, :'] = r", "x[1, :] = r"),
):
    program = f"(lambda env: (exec({py!r}, {{'torch': torch}}, env), env['x'])[1])(dict(x=f.clone(), r=r, s=s, g=g, c2=c2, msk=msk, ip=ip))"
    case("index", "assignment", program, f"(function() local x = f:clone() {lua} return x end)()", smooth=2)

# ---- Networks (further cases in TensorsTests/Reference/network.py)
for lua, py in (
    ("T.conv1d(x1, k1, c3, 2, 1)", "F.conv1d(x1, k1, c3, 2, 1)"), ("T.conv1d(x1, k1, {padding='same', dilation=2})", "F.conv1d(x1, k1, padding='same', dilation=2)"), ("T.conv2d(x2, k2, c3)", "F.conv2d(x2, k2, c3)"), ("T.conv2d(x2, kg, nil, {2, 1}, {1, 0}, 1, 2)", "F.conv2d(x2, kg, None, (2, 1), (1, 0), 1, 2)"), ("x2:conv2d(k2, {padding='valid'})", "F.conv2d(x2, k2, padding='valid')"), ("T.conv3d(x3, k3, c2, {padding=1})", "F.conv3d(x3, k3, c2, padding=1)"),
    ("T.conv_transpose1d(x1, kt1, c2, 3, 1, 2)", "F.conv_transpose1d(x1, kt1, c2, 3, 1, 2)"), ("T.conv_transpose2d(x2, kt2, c3, {stride=2, padding={1, 0}, output_padding=1})", "F.conv_transpose2d(x2, kt2, c3, stride=2, padding=(1, 0), output_padding=1)"),
):
    op = re.search(r"conv\w+", lua).group()
    case(op, "base", py, lua, smooth=2)
for lua, py in (
    ("x1:max_pool1d(2)", "F.max_pool1d(x1, 2)"), ("x1:max_pool1d(3, 1, 1)", "F.max_pool1d(x1, 3, 1, 1)"), ("x2:max_pool2d(2)", "F.max_pool2d(x2, 2)"), ("x2:max_pool2d({2, 3}, {stride=1, padding=1, ceil_mode=true})", "F.max_pool2d(x2, (2, 3), stride=1, padding=1, ceil_mode=True)"), ("x1:avg_pool1d(3, 2)", "F.avg_pool1d(x1, 3, 2)"), ("x2:avg_pool2d(2)", "F.avg_pool2d(x2, 2)"), ("x2:avg_pool2d(3, 2, 1, true, false)", "F.avg_pool2d(x2, 3, 2, 1, True, False)"), ("x2:avg_pool2d(2, {divisor_override=3})", "F.avg_pool2d(x2, 2, divisor_override=3)"),
    ("x1:adaptive_avg_pool1d(3)", "F.adaptive_avg_pool1d(x1, 3)"), ("x2:adaptive_avg_pool2d{3, 4}", "F.adaptive_avg_pool2d(x2, (3, 4))"), ("x2:adaptive_avg_pool2d(1)", "F.adaptive_avg_pool2d(x2, 1)"), ("x2:adaptive_max_pool2d(2)", "F.adaptive_max_pool2d(x2, 2)"),
):
    op = re.search(r"(adaptive_)?(max|avg)_pool\dd", lua).group()
    case(op, "base", py, lua, smooth=2 if "avg" in op else 1)
case("max_pool2d", "option", "(lambda y: (y[0], y[1] + 1))(F.max_pool2d(x2, 2, return_indices=True))", "x2:max_pool2d(2, {return_indices=true})")
case("max_pool1d", "option", "(lambda y: (y[0], y[1] + 1))(F.max_pool1d(x1, 2, return_indices=True))", "x1:max_pool1d(2, {return_indices=true})")
case("adaptive_max_pool2d", "option", "(lambda y: (y[0], y[1] + 1))(F.adaptive_max_pool2d(x2, 2, True))", "x2:adaptive_max_pool2d(2, true)")
case("batch_norm", "base", "F.batch_norm(n4, None, None, c4, mean4, True)", "n4:batch_norm(nil, nil, c4, mean4, true)", smooth=2)
case("batch_norm", "option", "F.batch_norm(n4, mean4.detach(), var4.detach(), c4, None, eps=0.1)", "n4:batch_norm(mean4:detach(), var4:detach(), {weight=c4, eps=0.1})", smooth=2)
case("layer_norm", "base", "F.layer_norm(t3, (4,), v4, c4)", "t3:layer_norm(4, v4, c4)", smooth=2)
case("layer_norm", "option", "F.layer_norm(t3, (3, 4), eps=0.1)", "t3:layer_norm({3, 4}, {eps=0.1})", smooth=2)
case("rms_norm", "base", "F.rms_norm(t3, (4,), v4)", "t3:rms_norm(4, v4)", smooth=2)
case("group_norm", "base", "F.group_norm(n4, 2, c4, mean4)", "n4:group_norm(2, c4, mean4)", smooth=2)
case("instance_norm", "base", "F.instance_norm(x1, weight=c4, bias=mean4)", "x1:instance_norm{weight=c4, bias=mean4}", smooth=2)
case("dropout", "base", "F.dropout(f, 0.)", "f:dropout(0)")
case("dropout", "option", "F.dropout(f, 0.7, False)", "f:dropout(0.7, {training=false})")
case("dropout2d", "base", "F.dropout2d(x2, 1.)", "x2:dropout2d(1)")
case("alpha_dropout", "base", "F.alpha_dropout(f, 0.5, False)", "f:alpha_dropout(0.5, false)")
case("embedding", "base", "F.embedding(tok - 1, emb)", "T.embedding(tok, emb)", smooth=2)
case("embedding", "option", "F.embedding(tok - 1, emb, padding_idx=1)", "tok:embedding(emb, {padding_idx=2})", smooth=0)
case("one_hot", "base", "F.one_hot(tok - 1)", "tok:one_hot()")
case("one_hot", "option", "F.one_hot(lab - 1, 5)", "T.one_hot(lab, 5)")
case("cross_entropy", "base", "F.cross_entropy(logits, lab - 1)", "T.cross_entropy(logits, lab)", smooth=2)
for how in ("mean", "sum", "none"):
    case("cross_entropy", "reduction", f"F.cross_entropy(logits, lab - 1, wc.detach(), reduction='{how}', label_smoothing=0.1)", f"logits:cross_entropy(lab, wc:detach(), {{reduction='{how}', label_smoothing=0.1}})", smooth=0)
    case("nll_loss", "reduction", f"F.nll_loss(logp, lab - 1, wc.detach(), reduction='{how}')", f"logp:nll_loss(lab, wc:detach(), {{reduction='{how}'}})", smooth=0)
    for op in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
        case(op, "base" if how == "mean" else "reduction", f"F.{op}(f, g, reduction='{how}')", f"f:{op}(g, '{how}')", smooth=2 if op == "mse_loss" else 1)
    case("kl_div", "reduction", f"F.kl_div(logp, probs, reduction='{how}')", f"logp:kl_div(probs, '{how}')", smooth=2)
    case("binary_cross_entropy", "reduction", f"F.binary_cross_entropy(p01, t01.detach(), w01.detach(), reduction='{how}')", f"p01:binary_cross_entropy(t01:detach(), w01:detach(), '{how}')", smooth=2)
    case("binary_cross_entropy_with_logits", "reduction", f"F.binary_cross_entropy_with_logits(f, t01, w01.detach(), reduction='{how}', pos_weight=q.detach())", f"f:binary_cross_entropy_with_logits(t01, w01:detach(), '{how}', q:detach())", smooth=2)
case("cross_entropy", "ignored", "F.cross_entropy(logits, torch.where(labi < 0, labi, labi - 1))", "logits:cross_entropy(labi)", smooth=2)
case("cross_entropy", "probabilities", "F.cross_entropy(logits, probs.detach(), label_smoothing=0.2)", "logits:cross_entropy(probs:detach(), {label_smoothing=0.2})", smooth=2)
case("cross_entropy", "several dims", "F.cross_entropy(image, (tok - 1).clamp(max=2))", "image:cross_entropy(tok:clamp{max=3})", smooth=2)
case("cross_entropy", "large", "F.cross_entropy(huge, torch.tensor([1, 0]))", "huge:cross_entropy(T{2, 1})")
case("nll_loss", "base", "F.nll_loss(logp, lab - 1)", "logp:nll_loss(lab)", smooth=2)
case("nll_loss", "ignored", "F.nll_loss(logp, lab - 1, ignore_index=2)", "logp:nll_loss(lab, {ignore_index=3})", smooth=2)
case("smooth_l1_loss", "option", "F.smooth_l1_loss(f, g, beta=0.3)", "f:smooth_l1_loss(g, {beta=0.3})")
case("huber_loss", "option", "F.huber_loss(f, g, delta=0.3)", "f:huber_loss(g, {delta=0.3})")
case("kl_div", "base", "F.kl_div(logp, probs)", "logp:kl_div(probs)", smooth=2)
case("kl_div", "option", "F.kl_div(logp, logits, reduction='batchmean', log_target=True)", "logp:kl_div(logits, 'batchmean', true)", smooth=2)
case("binary_cross_entropy", "base", "F.binary_cross_entropy(p01, t01.detach())", "p01:binary_cross_entropy(t01:detach())", smooth=2)
case("binary_cross_entropy", "zero", "F.binary_cross_entropy(edge.clamp(0, 1), edge.clamp(0, 1).flip(0))", "edge:clamp(0, 1):binary_cross_entropy(edge:clamp(0, 1):flip(1))")
case("binary_cross_entropy_with_logits", "base", "F.binary_cross_entropy_with_logits(f, t01)", "f:binary_cross_entropy_with_logits(t01)", smooth=2)
case("binary_cross_entropy_with_logits", "large", "F.binary_cross_entropy_with_logits(big, (big > 0).float())", "big:binary_cross_entropy_with_logits(big:gt(0):float())")
case("scaled_dot_product_attention", "base", "F.scaled_dot_product_attention(Q, K, V)", "T.scaled_dot_product_attention(Q, K, V)", smooth=2)
case("scaled_dot_product_attention", "mask", "F.scaled_dot_product_attention(Q, K, V, mask3)", "T.scaled_dot_product_attention(Q, K, V, mask3)", smooth=2)
case("scaled_dot_product_attention", "option", "F.scaled_dot_product_attention(Q, K, V, is_causal=True, scale=0.3)", "T.scaled_dot_product_attention(Q, K, V, {is_causal=true, scale=0.3})", smooth=2)
case("interpolate", "base", "F.interpolate(x2, scale_factor=2)", "x2:interpolate{scale_factor=2}", smooth=2)
case("interpolate", "option", "F.interpolate(x2, (3, 8), mode='bilinear', align_corners=True)", "x2:interpolate({3, 8}, {mode='bilinear', align_corners=true})", smooth=2)
case("interpolate", "option", "F.interpolate(x1, size=4, mode='linear')", "x1:interpolate{size=4, mode='linear'}", smooth=2)
case("pixel_shuffle", "base", "F.pixel_shuffle(x1.reshape(1, 4, 7, 2), 2)", "x1:reshape(1, 4, 7, 2):pixel_shuffle(2)", smooth=2)
case("pixel_unshuffle", "base", "F.pixel_unshuffle(t3.reshape(1, 1, 4, 6), 2)", "t3:reshape(1, 1, 4, 6):pixel_unshuffle(2)", smooth=2)
case("cosine_similarity", "base", "F.cosine_similarity(f, g)", "T.cosine_similarity(f, g)", smooth=2)
case("cosine_similarity", "dim", "F.cosine_similarity(f, r, dim=-1)", "f:cosine_similarity(r, {dim=-1})", smooth=2)

# ---- Nothing, single numbers and other types, where they are easily forgotten
pool["i0"] = torch.zeros(0, dtype=torch.int64)
tensors["in.i0"] = pool["i0"].clone()
for op, prop, lua, py in (
    ("cat", "zero-size", "T.cat{ez, ez}", "torch.cat([ez, ez])"), ("cat", "int float", "T.cat{k, h}", "torch.cat([k, h])"), ("cat", "bool", "T.cat({b, b}, 2)", "torch.cat([b, b], 1)"), ("stack", "zero-size", "T.stack{ez, ez}", "torch.stack([ez, ez])"), ("stack", "int", "T.stack{k, k}", "torch.stack([k, k])"),
    ("flip", "bool", "b:flip(2)", "b.flip(1)"), ("flip", "zero-size", "ez:flip(1)", "ez.flip(0)"), ("roll", "int", "k:roll(1, 2)", "k.roll(1, 1)"), ("roll", "zero-size", "ez:roll(1, 1)", "ez.roll(1, 0)"), ("roll", "0-d", "s:roll(1)", "s.roll(1)"), ("tile", "zero-size", "ez:tile(2, 2)", "ez.tile(2, 2)"), ("tile", "0-d", "s:tile(3)", "s.tile(3)"), ("tile", "int", "u8:tile(2, 1)", "u8.tile(2, 1)"),
    ("repeat_interleave", "zero-size", "ez:repeat_interleave(2, 1)", "ez.repeat_interleave(2, 0)"), ("repeat_interleave", "int", "k:repeat_interleave(2, 1)", "k.repeat_interleave(2, 0)"), ("tril", "int", "k:tril()", "k.tril()"), ("tril", "zero-size", "es:tril()", "es.tril()"), ("triu", "bool", "b:triu()", "b.triu()"), ("diag", "int", "i1:diag()", "i1.diag()"), ("diag", "zero-size", "i0:diag()", "i0.diag()"),
    ("pad", "int", "k:pad({1, 1}, {value=7})", "F.pad(k, (1, 1), value=7)"), ("pad", "bool", "b:pad{1, 0}", "F.pad(b, (1, 0))"), ("pad", "zero-size", "ez:pad{1, 1}", "F.pad(ez, (1, 1))"), ("reshape", "zero-size", "ez:reshape(0, 5)", "ez.reshape(0, 5)"), ("permute", "zero-size", "ze:permute(3, 2, 1)", "ze.permute(2, 1, 0)"), ("permute", "0-d", "s:permute{}", "s.permute(())"), ("unfold", "int", "cnt:unfold(1, 2, 1)", "cnt.unfold(0, 2, 1)"), ("expand", "zero-size", "ez:expand(2, 3, 0)", "ez.expand(2, 3, 0)"), ("expand", "0-d", "s:expand(2, 2)", "s.expand(2, 2)"),
    ("unbind", "zero-size", "table.unpack(ze:unbind(1))", "ze.unbind(0)"), ("split", "int", "table.unpack(k:split(2, 2))", "k.split(2, 1)"), ("movedim", "0-d", "s:movedim(1, 1)", "s.movedim(0, 0)"), ("squeeze", "0-d", "s:squeeze()", "s.squeeze()"), ("squeeze", "several dims", "col:unsqueeze(1):squeeze{1, 3}", "col.unsqueeze(0).squeeze((0, 2))"),
    ("index_select", "zero-size", "t3:index_select(2, i0)", "t3.index_select(1, i0)"), ("index_select", "int", "k:index_select(2, i1)", "k.index_select(1, i1 - 1)"), ("index_select", "0-d", "s:index_select(1, T{1})", "s.index_select(0, torch.tensor([0]))"), ("gather", "zero-size", "ez:gather(1, ez:long())", "ez.gather(0, ez.long())"), ("gather", "bool", "b:gather(2, i2)", "b.gather(1, i2 - 1)"), ("gather", "0-d", "s:gather(1, T(1))", "s.gather(0, torch.tensor(0))"),
    ("scatter_add", "int", "k:scatter_add(2, i2, kn)", "k.scatter_add(1, i2 - 1, kn)"), ("scatter", "bool", "b:scatter(2, i3, true)", "b.scatter(1, i3 - 1, True)"), ("index_add", "int", "k:index_add(2, i1, kn)", "k.index_add(1, i1 - 1, kn)"), ("index_copy", "int", "k:index_copy(1, ip, kn)", "k.index_copy(0, ip - 1, kn)"), ("masked_select", "zero-size", "e:masked_select(e:gt(0))", "e.masked_select(e > 0)"), ("masked_select", "int", "k:masked_select(msk)", "k.masked_select(msk)"), ("masked_select", "broadcast", "r:masked_select(msk)", "r.masked_select(msk)"), ("masked_fill", "int", "k:masked_fill(msk, 9)", "k.masked_fill(msk, 9)"), ("masked_fill", "0-d", "s:masked_fill(T(true), 2)", "s.masked_fill(torch.tensor(True), 2.)"), ("take", "int", "k:take(i2)", "k.take(i2 - 1)"),
    ("index", "zero-size", "t3[{{}, i0}]", "t3[:, i0]"), ("index", "bool", "b[msk]", "b[msk]"), ("index", "zero-size", "f[f:gt(100)]", "f[f > 100]"), ("nonzero", "int", "k:nonzero()", "k.nonzero() + 1"),
    ("bmm", "zero-size", "es:bmm(es)", "es.bmm(es)"), ("mv", "zero-size", "ez:mv(i0:double())", "ez.mv(i0.double())"), ("dot", "zero-size", "i0:dot(i0)", "i0.dot(i0)"), ("outer", "zero-size", "i0:outer(i1)", "i0.outer(i1)"), ("addmm", "int", "k:addmm(k, i2:t():mm(k))", "k.addmm(k, i2.T.mm(k))"), ("kron", "int", "i1:kron(k)", "torch.kron(i1, k)"), ("tensordot", "int", "k:tensordot(kn, {{1}, {1}})", "torch.tensordot(k, kn, ([0], [0]))"), ("einsum", "int", "T.einsum('ij,ij', k, kn)", "torch.einsum('ij,ij', k, kn)"), ("cross", "int", "i1:cross(k[1])", "torch.cross(i1, k[0])"),
    ("mse_loss", "zero-size", "ez:mse_loss(ez)", "F.mse_loss(ez, ez)"), ("mse_loss", "0-d", "s:mse_loss(s)", "F.mse_loss(s, s)"), ("l1_loss", "nan inf", "n:l1_loss(n, 'none')", "F.l1_loss(n, n, reduction='none')"), ("cross_entropy", "0-d", "r:cross_entropy(T(2))", "F.cross_entropy(r, torch.tensor(1))"), ("embedding", "zero-size", "T.embedding(i0, emb)", "F.embedding(i0, emb)"), ("one_hot", "zero-size", "i0:one_hot(3)", "F.one_hot(i0, 3)"), ("layer_norm", "zero-size", "e:layer_norm(3)", "F.layer_norm(e, (3,))"), ("dropout", "zero-size", "e:dropout(0.5)", "F.dropout(e, 0.5)"), ("conv2d", "zero-size", "T.conv2d(x2:narrow(1, 1, 0), k2)", "F.conv2d(x2[:0], k2)"),
    ("topk", "0-d", "s:topk(1)", "(lambda y: (y[0], y[1] + 1))(torch.topk(s, 1))"), ("argsort", "0-d", "s:argsort()", "torch.argsort(s) + 1"), ("unique", "nan inf", "n:narrow(1, 2, 5):unique()", "torch.unique(n[1:6])"), ("searchsorted", "int", "cnt:searchsorted(i1)", "torch.searchsorted(cnt, i1) + 1"), ("histc", "int float", "h:histc(3)", "torch.histc(h, 3)"), ("cdist", "zero-size", "e:cdist(f)", "torch.cdist(e, f)"), ("trace", "zero-size", "es:sum(1):trace()", "torch.trace(es.sum(0))"),
):
    case(op, prop, py, lua)

# ---- Options that are seldom used, numbers in first place, ties at tensors as limits, windows in the border
pool["rows2"] = torch.tensor([[2, 1, 2], [1, 3, 1], [2, 1, 2], [1, 3, 0]])
pool["t4"] = torch.cat([rnd(1, 4, 6, 5), torch.full((1, 4, 6, 5), 0.5, dtype=f64)])
differentiable.append("t4")
tensors["in.rows2"], tensors["in.t4"] = pool["rows2"].clone(), pool["t4"].clone()
up = "(lambda y: (y[0], y[1] + 1) + tuple(y[2:]))"
for op, prop, lua, py, smooth in (
    ("layer_norm", "option", "f:layer_norm(3, nil, r)", "F.layer_norm(f, (3,), None, r)", 2), ("rms_norm", "option", "f:rms_norm(3, nil, 0.1)", "F.rms_norm(f, (3,), None, 0.1)", 2),
    ("scatter_add", "larger source", "f:scatter_add(2, T{{1}, {3}}, g)", "f.scatter_add(1, torch.tensor([[0], [2]]), g)", 2), ("scatter_add", "bool", "b:logical_and(false):scatter_add(2, i2, T{{true, false, true}, {true, true, false}})", "(b & False).scatter_add(1, i2 - 1, torch.tensor([[True, False, True], [True, True, False]]))", 0),
    ("clamp", "tensor ties", "f:clamp(f, g)", "torch.clamp(f, f, g)", -1), ("clamp", "tensor ties", "edges:clamp(edges * 0, edges:abs())", "torch.clamp(edges, edges * 0, edges.abs())", -1), ("clamp", "tensor", "k:clamp(i1)", "k.clamp(i1)", 0), ("clamp", "in place", "f:clone():clamp_(r, nil)", "f.clone().clamp_(r, None)", 1),
    ("max_pool2d", "dilation", "x2:max_pool2d(2, 1, 1, 2)", "F.max_pool2d(x2, 2, 1, 1, 2)", 1), ("max_pool2d", "in the border", "x2:detach():narrow(4, 1, 1):max_pool2d(2, 1, 1, 2)", "F.max_pool2d(x2.detach()[..., :1], 2, 1, 1, 2)", 0), ("max_pool2d", "ceil mode", "x2:max_pool2d(7, 3, 0, 1, true)", "F.max_pool2d(x2, 7, 3, 0, 1, True)", 1), ("avg_pool2d", "ceil mode", "x2:avg_pool2d(7, 3, 1, true)", "F.avg_pool2d(x2, 7, 3, 1, True)", 2),
    ("quantile", "infinities", "nm:quantile(0.5, 1, false, 'lower')", "torch.quantile(nm, 0.5, 0, False, interpolation='lower')", 0), ("nanquantile", "infinities", "n:nanquantile(1.0, {interpolation='nearest'})", "torch.nanquantile(n, 1.0, interpolation='nearest')", 0), ("median", "zero-size", "e:detach():median()", "torch.median(e.detach())", 0),
    ("cross_entropy", "all ignored", "logits:cross_entropy(lab * 0 + 2, {ignore_index=2})", "F.cross_entropy(logits, lab * 0 + 1, ignore_index=1)", -1),
    ("floor_divide", "number first", "2.5 // k", "2.5 // k", 0), ("pow", "number first", "T.pow(2, f)", "torch.pow(2, f)", 2), ("remainder", "number first", "T.remainder(7, p)", "torch.remainder(7, p)", 1), ("maximum", "number first", "T.maximum(0, f)", "torch.maximum(torch.tensor(0), f)", 1), ("sub", "number first", "T.sub(1, k)", "1 - k", 0),
    ("sum", "dtype", "k32:sum(1, {dtype='float64'})", "k32.sum(0, dtype=torch.float64)", 0), ("prod", "dtype", "h:prod(2, {dtype='float64'})", "h.prod(1, dtype=torch.float64)", 0), ("cumsum", "dtype", "u8:cumsum(2, {dtype='int32'})", "u8.cumsum(1, dtype=torch.int32)", 0), ("softmax", "dtype", "k:softmax(2, {dtype='float64'})", "k.softmax(1, dtype=torch.float64)", 0), ("log_softmax", "dtype", "k:log_softmax(1, 'float64')", "k.log_softmax(0, dtype=torch.float64)", 0), ("mean", "dtype", "k:mean{dtype='float64'}", "k.mean(dtype=torch.float64)", 0),
    ("sort", "option", "ties:sort{stable=true}", "(lambda y: (y[0], y[1] + 1))(torch.sort(ties, stable=True))", 0), ("unique", "dim", "rows2:unique{dim=1, return_inverse=true, return_counts=true}", f"{up}(torch.unique(rows2, dim=0, return_inverse=True, return_counts=True))", 0), ("unique", "dim", "rows2:unique{dim=-1, return_counts=true}", "torch.unique(rows2, dim=-1, return_counts=True)", 0),
    ("searchsorted", "option", "order:searchsorted(look, {side='right'})", "torch.searchsorted(order, look, side='right') + 1", 0), ("searchsorted", "number", "order:searchsorted(3)", "torch.searchsorted(order, 3) + 1", 0), ("searchsorted", "option", "q:searchsorted(r, {sorter=q:argsort()})", "torch.searchsorted(q, r, sorter=q.argsort()) + 1", 0),
    ("nonzero", "option", "table.unpack(k:nonzero{as_tuple=true})", "tuple(i + 1 for i in k.nonzero(as_tuple=True))", 0),
    ("linalg.pinv", "option", "T.linalg.pinv(tall, {rtol=0.4})", "torch.linalg.pinv(tall, rtol=0.4)", 0), ("linalg.pinv", "option", "T.linalg.pinv(tall, {atol=1})", "torch.linalg.pinv(tall, atol=1.)", 0), ("linalg.pinv", "option", "T.linalg.pinv(spd:detach(), {hermitian=true})", "torch.linalg.pinv(spd.detach(), hermitian=True)", 0), ("linalg.matrix_rank", "option", "T.linalg.matrix_rank(bsq, {atol=0.5, rtol=0.2})", "torch.linalg.matrix_rank(bsq, atol=0.5, rtol=0.2)", 0), ("linalg.matrix_rank", "option", "T.linalg.matrix_rank(spd, 2, true)", "torch.linalg.matrix_rank(spd, 2., True)", 0),
    ("linalg.solve_triangular", "option", "T.linalg.solve_triangular(sq, rhs:t(), true, {left=false})", "torch.linalg.solve_triangular(sq, rhs.t(), upper=True, left=False)", 2), ("linalg.solve_triangular", "option", "T.linalg.solve_triangular(sq, rhs, false, {unitriangular=true})", "torch.linalg.solve_triangular(sq, rhs, upper=False, unitriangular=True)", 2), ("linear", "vector", "f:linear(r)", "F.linear(f, r)", 2),
    ("mse_loss", "option", "f:mse_loss(g, {weight=w01:detach()})", "F.mse_loss(f, g, weight=w01.detach())", 2), ("l1_loss", "option", "f:l1_loss(g, 'sum', w01:detach())", "F.l1_loss(f, g, reduction='sum', weight=w01.detach())", 1), ("huber_loss", "option", "f:huber_loss(g, 'none', 0.5, w01:detach())", "F.huber_loss(f, g, reduction='none', delta=0.5, weight=w01.detach())", 1),
    ("embedding", "option", "tok:embedding(emb:detach():clone(), {max_norm=0.7, norm_type=1})", "F.embedding(tok - 1, emb.detach().clone(), max_norm=0.7, norm_type=1.)", 0), ("embedding", "option", "tok:embedding(emb, {scale_grad_by_freq=true})", "F.embedding(tok - 1, emb, scale_grad_by_freq=True)", -1),
    ("interpolate", "option", "t4:interpolate{size={3, 4}, mode='bilinear', antialias=true}", "F.interpolate(t4, (3, 4), mode='bilinear', antialias=True)", 2), ("interpolate", "option", "t4:interpolate{scale_factor=0.45, mode='bicubic', antialias=true}", "F.interpolate(t4, scale_factor=0.45, mode='bicubic', antialias=True)", 2), ("interpolate", "option", "x2:interpolate{scale_factor=1.7, mode='bilinear', recompute_scale_factor=true}", "F.interpolate(x2, scale_factor=1.7, mode='bilinear', recompute_scale_factor=True)", 2), ("interpolate", "option", "x2:interpolate{size=4, mode='bicubic', align_corners=true}", "F.interpolate(x2, size=4, mode='bicubic', align_corners=True)", 2), ("interpolate", "option", "x2:interpolate{size={3, 7}, mode='area'}", "F.interpolate(x2, size=(3, 7), mode='area')", 2), ("interpolate", "option", "x2:interpolate{scale_factor=1.3, mode='nearest-exact'}", "F.interpolate(x2, scale_factor=1.3, mode='nearest-exact')", 2),
    ("interpolate", "option", "t4:interpolate{scale_factor=2.13}", "F.interpolate(t4, scale_factor=2.13)", 2), ("logaddexp", "nan inf", "n:float():logaddexp(nn:float())", "torch.logaddexp(n.float(), nn.float())", 0), ("logaddexp", "nan inf", "nn:float():logaddexp(n:float())", "torch.logaddexp(nn.float(), n.float())", 0), ("div", "by zero", "f:div(e:sum(1, true), 'trunc')", "torch.div(f, e.sum(0, True), rounding_mode='trunc')", -1),
    ("index", "0-d", "t3[{i1[2], {1, 2}, i2[1]}]", "t3[i1[1] - 1, :2, i2[0] - 1]", 2), ("index", "0-d", "t3[{i1[2], {1, 2}, T{1, -1}}]", "t3[i1[1] - 1, :2, [0, -1]]", 2),
    ("scaled_dot_product_attention", "grouped", "T.scaled_dot_product_attention(t4, t4:narrow(2, 1, 2), t4:narrow(2, 3, 2), {enable_gqa=true})", "F.scaled_dot_product_attention(t4, t4[:, :2], t4[:, 2:], enable_gqa=True)", 2),
):
    case(op, prop, py, lua, smooth=smooth)

# ---- Files
here = pathlib.Path(__file__).parent
used = {name for line in lines for name in re.findall(r"\w+", line.split("\t")[4])}
save_file({key: x for key, x in tensors.items() if not key.startswith("in.") or key[3:] in used}, here / "ops.safetensors")
refused = [f"-\t{op}\t{prop}\tx\t" for op, rows in holes.items() for prop in rows if prop != "gradient"]
(here / "ops.cases").write_text("\n".join(lines + refused) + "\n")
table = {}
for line in lines:
    _, op, prop, level, _ = line.split("\t")
    row = table.setdefault(op, {})
    row[prop] = row.get(prop, 0) + 1
    row["gradient"] = max(row.get("gradient", 0), int(level))
columns = ["base", "dim", "negative dim", "several dims", "keepdim", "broadcast", "broadcast both", "0-d", "zero-size", "int", "bool", "int float", "nan inf", "large", "ties", "in place", "option"]
text = ["# Cases of each operation, by property", "", "Written by ops.py. Numbers count cases, `x` is what PyTorch refuses as well, empty is a hole or has no meaning; the column",
        "`gradient` says `1` where the first derivative is compared with PyTorch's and with differences, `2` where the second is too.", "",
        "| operation | gradient | " + " | ".join(columns) + " | others |", "|---" * (len(columns) + 3) + "|"]
for op, row in sorted(table.items()):
    cells = [str(row[c]) if c in row else "x" if c in holes.get(op, {}) else "" for c in columns]
    others = sum(n for c, n in row.items() if c not in columns and c != "gradient")
    text.append(f"| {op} | {row['gradient'] or ''} | " + " | ".join(cells) + f" | {others or ''} |")
(here / "ops.md").write_text("\n".join(text) + "\n")
print("\n".join(f"{op}: {why}" for op, rows in holes.items() for prop, why in rows.items() if prop in ("base", "gradient", "dim", "in place", "operator", "reduction", "option", "assignment")))
print(len(lines), "cases,", len(table), "operations,", sum(f.stat().st_size for f in here.glob("ops.*")), "bytes")
