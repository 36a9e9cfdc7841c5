"""Small files written by NumPy and Pillow, and what is in them, for ArrayFileTests: the folder `files`."""

import json
import os

import numpy as np
from numpy.lib import format as npy
from PIL import Image

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")
os.makedirs(folder, exist_ok=True)
rng = np.random.default_rng(5)
expected = {}


def path(name):
    return os.path.join(folder, name)


def plain(a):
    return dict(shape=list(a.shape), values=[float(v) for v in np.ravel(a, order="C")])


for code in ("|b1", "|u1", "|i1", "<i2", ">i2", "<u2", ">i4", "<i4", "<i8", ">u4", "<u8", "<f2", ">f2", "<f4", ">f4", ">f8"):
    a = (rng.normal(size=(2, 3)) * 50).astype(code) if code[1] in "fi" else (rng.random((2, 3)) * 200).astype(code)
    name = "type_%s%s.npy" % ("big" if code[0] == ">" else "little", code[1:])
    np.save(path(name), a)
    expected[name] = plain(a)
for name, a in {
    "fortran.npy": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)), "number.npy": np.float32(3.5) * np.ones(()),
    "none.npy": np.zeros((0, 3), np.float32),
}.items():
    np.save(path(name), a)
    expected[name] = plain(a)
for version in (2, 3):
    with open(path("version%d.npy" % version), "wb") as f:
        npy.write_array(f, np.arange(6).reshape(2, 3), version=(version, 0))
    expected["version%d.npy" % version] = plain(np.arange(6).reshape(2, 3))
np.save(path("objects.npy"), np.array([None, 1], dtype=object), allow_pickle=True)
np.save(path("text.npy"), np.array(["a", "b"]))
np.save(path("complex.npy"), np.ones(2, complex))
np.save(path("records.npy"), np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
np.savez(path("stored.npz"), a=np.arange(3), b=np.full((2, 2), 1.5, np.float32))
np.savez_compressed(path("deflated.npz"), a=np.arange(300), b=np.full((2, 2), 1.5, np.float32))

pixels = (rng.random((5, 7, 3)) * 255).astype(np.uint8)
gray, alpha = pixels[..., 0], (rng.random((5, 7)) * 255).astype(np.uint8)


def picture(name, image, **options):
    image.save(path(name), **options)
    read = Image.open(path(name))
    if read.mode in ("P",):
        read = read.convert("RGB")
    if read.mode == "1":
        read = read.convert("L")
    a = np.asarray(read)
    expected[name] = plain(a[None] if a.ndim == 2 else np.moveaxis(a, 2, 0))


picture("rgb.png", Image.fromarray(pixels))
picture("gray.png", Image.fromarray(gray))
picture("rgba.png", Image.fromarray(np.dstack([pixels, alpha])))
picture("palette.png", Image.fromarray(pixels).quantize(8))
picture("bits.png", Image.fromarray(gray > 128))
picture("rgb.jpg", Image.fromarray(pixels), quality=92)
picture("gray.jpg", Image.fromarray(gray))
picture("progressive.jpg", Image.fromarray(pixels), progressive=True)
picture("rgb.ppm", Image.fromarray(pixels))
picture("gray.pgm", Image.fromarray(gray))
picture("bits.pbm", Image.fromarray(gray > 128))
expected["rgb.png as gray"] = plain(np.asarray(Image.fromarray(pixels).convert("L"))[None])
with open(path("expected.json"), "w") as f:
    json.dump(expected, f, separators=(",", ":"))
print(len(expected), sum(os.path.getsize(path(n)) for n in os.listdir(folder)))
