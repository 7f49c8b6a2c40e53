// Python's pickles, as far as they hold plain data.

import { KnotgradError } from "../error.ts";

/** What is read of a pickle: lists and tuples are arrays; bytes, and the strings of Python 2, are views of the file. */
export type Plain = Uint8Array | string | number | boolean | null | Plain[];

/** Opcodes that import, call or build something, or ask the program for it. */
const running = new Map([
  [0x63, "GLOBAL"],
  [0x93, "STACK_GLOBAL"],
  [0x69, "INST"],
  [0x6f, "OBJ"],
  [0x52, "REDUCE"],
  [0x62, "BUILD"],
  [0x81, "NEWOBJ"],
  [0x92, "NEWOBJ_EX"],
  [0x50, "PERSID"],
  [0x51, "BINPERSID"],
  [0x82, "EXT1"],
  [0x83, "EXT2"],
  [0x84, "EXT4"],
]);

/**
 * The value in a pickle of protocol 2 to 5 that holds lists, tuples, bytes, text, whole numbers and booleans. Nothing
 * is imported or called. Throws a sentence where the bytes are cut short or damaged, or hold anything else.
 * Source: CPython's Lib/pickletools.py.
 */
export function readPickle(bytes: Uint8Array): Plain {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = new TextDecoder();
  const memo = new Map<number, Plain>();
  const stack: Plain[] = [];
  /** Where in the stack each open list or tuple begins. */
  const marks: number[] = [];
  let at = 0;

  const fail = (what: string, start: number): never => {
    throw new KnotgradError(
      "format",
      `readPickle: ${what} at byte ${start} but must be a pickle of plain data`,
    );
  };
  const take = (length: number): number => {
    if (length > bytes.length - at) {
      throw new KnotgradError(
        "format",
        `readPickle: (${length}) bytes are due at byte ${at} but (${bytes.length}) are given in all; is it cut short?`,
      );
    }
    at += length;
    return at - length;
  };
  const u8 = (): number => bytes[take(1)]!;
  const u16 = (): number => view.getUint16(take(2), true);
  const u32 = (): number => view.getUint32(take(4), true);
  const u64 = (): number => Number(view.getBigUint64(take(8), true));
  const data = (length: number): Uint8Array => {
    const start = take(length);
    return bytes.subarray(start, start + length);
  };
  const pop = (start: number): Plain => {
    if (stack.length === (marks.at(-1) ?? 0)) fail("a value is missing", start);
    return stack.pop()!;
  };
  const top = (start: number): Plain => {
    const value = pop(start);
    stack.push(value);
    return value;
  };
  const popToMark = (start: number): Plain[] => stack.splice(marks.pop() ?? fail("a mark is missing", start));
  const list = (start: number): Plain[] => {
    const value = top(start);
    return Array.isArray(value) ? value : fail("something is added to what is no list", start);
  };
  const recall = (key: number, start: number): Plain =>
    memo.has(key) ? memo.get(key)! : fail(`value ${key} is asked for before it is there`, start);

  for (;;) {
    const start = at;
    const opcode = u8();
    switch (opcode) {
      case 0x80: {
        const protocol = u8();
        if (protocol < 2 || protocol > 5) fail(`protocol ${protocol}, not 2 to 5, is given`, start);
        break;
      }
      case 0x95: // FRAME: how many bytes follow
        take(8);
        break;
      case 0x28: // MARK
        marks.push(stack.length);
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x6c: // LIST
      case 0x74: // TUPLE
        stack.push(popToMark(start));
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.push(Array.from({ length: opcode - 0x84 }, () => pop(start)).reverse());
        break;
      case 0x61: {
        // APPEND
        const value = pop(start);
        list(start).push(value);
        break;
      }
      case 0x65: {
        // APPENDS
        const values = popToMark(start);
        const whole = list(start);
        for (const value of values) whole.push(value);
        break;
      }
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        stack.push(opcode === 0x88);
        break;
      case 0x4a: // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case 0x4b: // BININT1
        stack.push(u8());
        break;
      case 0x4d: // BININT2
        stack.push(u16());
        break;
      case 0x43: // SHORT_BINBYTES
      case 0x55: // SHORT_BINSTRING
        stack.push(data(u8()));
        break;
      case 0x42: // BINBYTES
      case 0x54: // BINSTRING
        stack.push(data(u32()));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(data(u64()));
        break;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(text.decode(data(u8())));
        break;
      case 0x58: // BINUNICODE
        stack.push(text.decode(data(u32())));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(text.decode(data(u64())));
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top(start));
        break;
      case 0x71: // BINPUT
        memo.set(u8(), top(start));
        break;
      case 0x72: // LONG_BINPUT
        memo.set(u32(), top(start));
        break;
      case 0x68: // BINGET
        stack.push(recall(u8(), start));
        break;
      case 0x6a: // LONG_BINGET
        stack.push(recall(u32(), start));
        break;
      case 0x2e: // STOP
        if (stack.length !== 1) fail(`the end with (${stack.length}) values, not 1, comes`, start);
        return stack[0]!;
      default:
        throw refused(opcode, start);
    }
  }
}

function refused(opcode: number, at: number): Error {
  const code = `0x${opcode.toString(16).padStart(2, "0")}`;
  const name = running.get(opcode);
  return new KnotgradError(
    "value",
    name
      ? `readPickle: opcode ${code} (${name}) at byte ${at} would run code but only lists, tuples, bytes, text, whole ` +
          "numbers and booleans are read; in Python, make every array bytes and pickle again with protocol 4"
      : `readPickle: opcode ${code} at byte ${at} is given but must be one of plain data in protocol 2 to 5`,
  );
}
