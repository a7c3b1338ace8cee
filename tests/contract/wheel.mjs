// SPDX-License-Identifier: Apache-2.0
// A real wheel as bytes: a zip archive (stored, not compressed) with a package and its dist-info.
import zlib from "node:zlib";

function entry(name, text) {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(0x21, 12); // 1 January 1980
  head.writeUInt32LE(zlib.crc32(bytes), 14);
  head.writeUInt32LE(bytes.length, 18);
  head.writeUInt32LE(bytes.length, 22);
  head.writeUInt16LE(Buffer.byteLength(name), 26);
  return { name, head, bytes };
}

function zip(files) {
  const parts = [];
  const central = [];
  let offset = 0;
  for (const { name, head, bytes } of Object.entries(files).map(([name, text]) => entry(name, text))) {
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(20, 4);
    head.copy(record, 6, 4, 30);
    record.writeUInt32LE(offset, 42);
    central.push(record, Buffer.from(name));
    parts.push(head, Buffer.from(name), bytes);
    offset += 30 + Buffer.byteLength(name) + bytes.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(central.length / 2, 8);
  end.writeUInt16LE(central.length / 2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

// The file name that pip would give it, and its bytes. `code` is the module of the package's name.
export function wheel(name, code, entryPoint) {
  const info = `${name}-1.0.dist-info`;
  return {
    file: `${name}-1.0-py3-none-any.whl`,
    bytes: zip({
      [`${name}/__init__.py`]: code,
      [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
      [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: trowel-contract\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      [`${info}/entry_points.txt`]: `[console_scripts]\n${entryPoint} = ${name}:${entryPoint}\n`,
      [`${info}/RECORD`]: "",
    }),
  };
}
