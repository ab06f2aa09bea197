# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Sizes of the programs' files."""
import gzip
import pathlib
import struct

FILES = (("rv64", "blob"), ("rv32", "blob32"), ("rv64-plain", "blob_plain"), ("rv64-small", "blob_small"),
         ("wasm", "wasm"), ("wasm-small", "wasm_small"))
SHT_NOBITS, SHF_ALLOC = 8, 2


def elf_bytes(path):
    """(bytes of code and data that the file holds, bytes of zero-initialised memory) of an ELF file; metadata for linkers not counted."""
    data = pathlib.Path(path).read_bytes()
    wide = data[4] == 2
    header = struct.unpack_from("<HHIQQQIHHHHHH" if wide else "<HHIIIIIHHHHHH", data, 16)
    table, entry_size, count, names_index = header[5], header[10], header[11], header[12]

    def section(index):
        at = table + index * entry_size
        name, kind, flags, _, offset, size = struct.unpack_from("<IIQQQQ" if wide else "<IIIIII", data, at)
        return name, kind, flags, offset, size

    names_offset = section(names_index)[3]
    held = zero = 0
    for index in range(count):
        name, kind, flags, _, size = section(index)
        at = names_offset + name
        text = data[at:data.index(0, at)]
        if not flags & SHF_ALLOC or text.startswith(b".polkavm"):
            continue
        if kind == SHT_NOBITS:
            zero += size
        else:
            held += size
    return held, zero


def packed(path):
    """Bytes after gzip at its best."""
    return len(gzip.compress(pathlib.Path(path).read_bytes(), 9, mtime=0))


def sizes_of(files):
    """{name: bytes} of one program's files, as far as they are there."""
    result = {}
    for target, key in FILES:
        if target in files:
            result[key] = pathlib.Path(files[target]).stat().st_size
            result[f"{key}_gzip"] = packed(files[target])
    if "rv64" in files:
        result["elf"], result["elf_zero"] = elf_bytes(pathlib.Path(files["rv64"]).with_name("rv64.elf"))
    if "native-O3" in files:
        result["native"] = elf_bytes(files["native-O3"])[0]
    return result
