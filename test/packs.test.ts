import { symlinkSync } from "node:fs";
import { parseArgs } from "citty";
import { PNG } from "pngjs";
import { describe, expect, test, vi } from "vitest";
import { makeDataset } from "../src/face/dataset.ts";
import { withoutPeople } from "../src/face/overlap.ts";
import { faceExperiment } from "../src/node/experiments/faces.ts";
import { loadFolder } from "../src/node/images.ts";
import { trainingArgs } from "../src/node/options.ts";
import { readBin, readPack } from "../src/node/packs.ts";
import { readPickle } from "../src/node/pickle.ts";
import { loadRecords } from "../src/node/record_io.ts";
import { scratch } from "./scratch.ts";

const { at, put } = scratch();

/** A (2, 3) image of one grey. */
function png(grey: number): Buffer {
  const image = new PNG({ height: 2, width: 3 });
  for (let i = 0; i < 24; i++) image.data[i] = i % 4 === 3 ? 255 : grey;
  return PNG.sync.write(image);
}
const size = { height: 2, width: 3, channels: 1 } as const;
const greys = ({ pixels }: { pixels: Uint8Array }) => Array.from(pixels.filter((_, i) => i % 6 === 0));
const u32 = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
const u64 = (...values: number[]): Buffer => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
const f32 = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
/** Bytes, of opcodes as text and numbers. */
const bytes = (...parts: (string | number | Uint8Array)[]): Buffer =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "number"
        ? Uint8Array.of(part)
        : typeof part === "string"
          ? Buffer.from(part, "latin1")
          : part,
    ),
  );

const MAGIC = 0xced7230a;
const part = (flag: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([
    u32(MAGIC, flag * 2 ** 29 + bytes.length),
    bytes,
    Buffer.alloc((4 - (bytes.length % 4)) % 4),
  ]);
/** A record as dmlc writes it: cut where the magic number stands at a multiple of 4. */
function record(payload: Uint8Array): Buffer {
  const cuts: number[] = [];
  for (let at = 0; at + 4 <= payload.length; at += 4) {
    if (Buffer.from(payload).readUInt32LE(at) === MAGIC) cuts.push(at);
  }
  if (cuts.length === 0) return part(0, payload);
  return Buffer.concat(
    [...cuts, payload.length].map((end, i) =>
      part(i === 0 ? 1 : i < cuts.length ? 2 : 3, payload.subarray(i === 0 ? 0 : cuts[i - 1]! + 4, end)),
    ),
  );
}
const labelled = (labels: number | number[], image: Uint8Array): Buffer =>
  Buffer.concat(
    typeof labels === "number"
      ? [u32(0), f32(labels), u64(1, 0), image]
      : [u32(labels.length), f32(0), u64(1, 0), f32(...labels), image],
  );

describe("pickles", () => {
  const [one, two] = [png(50), png(200)];
  /** ([one, two], [True]) as Python 2, Python 3 with protocol 3, and Python 3 with protocol 4 write it. */
  const packs: [string, Buffer][] = [
    [
      "protocol 2, strings of Python 2",
      bytes(
        "\x80\x02]q\0(",
        "T",
        u32(one.length),
        one,
        "q\x01",
        "T",
        u32(two.length),
        two,
        "q\x02e",
        "]q\x03\x88a\x86q\x04.",
      ),
    ],
    [
      "protocol 3",
      bytes(
        "\x80\x03]r",
        u32(70000),
        "(",
        "B",
        u32(one.length),
        one,
        "q\x01",
        "C",
        two.length,
        two,
        "q\x02e",
        "]q\x03\x88a\x86.",
      ),
    ],
    [
      "protocol 4, in a frame",
      bytes(
        "\x80\x04\x95",
        u64(9),
        "]\x94(",
        "B",
        u32(one.length),
        one,
        "\x94\x8e",
        u64(two.length),
        two,
        "\x94e",
        "]\x94K\x01a\x86\x94.",
      ),
    ],
  ];
  test.each(packs)("%s", (_, pickle) => {
    const { images, same } = readPack(pickle);
    expect(images.map((image) => Buffer.from(image))).toEqual([one, two]);
    expect(same).toEqual([true]);
  });
  test("every kind of plain data, and what is remembered", () => {
    const text = "\x8c\x02hiX\x02\0\0\0\xc3\xa9\x8d\x01\0\0\0\0\0\0\0z";
    const numbers = "J\xfe\xff\xff\xffK\x07M\x01\x02";
    expect(
      readPickle(
        bytes(
          `\x80\x04(${text}${numbers}N\x88\x89U\x01a`,
          ")\x85]K\x05\x94a(K\x01K\x02K\x03lh\0K\x01K\x02K\x03\x87t.",
        ),
      ),
    ).toEqual([
      "hi",
      "é",
      "z",
      -2,
      7,
      0x201,
      null,
      true,
      false,
      Buffer.from("a"),
      [[]],
      [5],
      [1, 2, 3],
      5,
      [1, 2, 3],
    ]);
  });
  test("readBin gives images and pairs in ten folds, or as many as pairs", async () => {
    const file = put(
      "pack.bin",
      bytes(
        "\x80\x02](",
        ...[one, two, two, two].flatMap((b) => ["T", u32(b.length), b]),
        "e](\x89\x88e\x86.",
      ),
    );
    for (const workers of [0, 1]) {
      const { images, pairs } = await readBin(file, { ...size, workers });
      expect(greys(images)).toEqual([50, 200, 200, 200]);
      expect([images.height, images.width, images.channels, images.labels.length]).toEqual([2, 3, 1, 4]);
      expect(pairs).toEqual([
        { a: 0, b: 1, same: false, fold: 0 },
        { a: 2, b: 3, same: true, fold: 1 },
      ]);
    }
  });
  test.each<[string, Buffer, string]>([
    [
      "an import",
      bytes("\x80\x02cos\nsystem\n(X\x02\0\0\0lstR."),
      "opcode 0x63 (GLOBAL) at byte 2 would run code",
    ],
    [
      "an import of protocol 4",
      bytes("\x80\x04\x8c\x02os\x8c\x06system\x93."),
      "0x93 (STACK_GLOBAL) at byte 14 would run code",
    ],
    ["a call", bytes("\x80\x02))R."), "0x52 (REDUCE) at byte 4 would run code but only lists"],
    ["a state", bytes("\x80\x02))b."), "0x62 (BUILD)"],
    ["an object", bytes("\x80\x02))\x81."), "0x81 (NEWOBJ)"],
    [
      "an unknown opcode",
      bytes("\x80\x02}."),
      "opcode 0x7d at byte 2 is given but must be one of plain data",
    ],
    ["protocol 9", bytes("\x80\x09N."), "protocol 9, not 2 to 5, is given at byte 0"],
    ["an append to no list", bytes("\x80\x02NNa."), "something is added to what is no list at byte 4"],
    ["an append to nothing", bytes("\x80\x02Na."), "a value is missing at byte 3"],
    ["a value below a mark", bytes("\x80\x02](Na."), "a value is missing at byte 5"],
    ["a tuple without a mark", bytes("\x80\x02Nt."), "a mark is missing at byte 3"],
    [
      "a value never remembered",
      bytes("\x80\x02h\x05."),
      "value 5 is asked for before it is there at byte 2",
    ],
    ["two values at the end", bytes("\x80\x02NN."), "the end with (2) values, not 1, comes at byte 4"],
    ["nothing", Buffer.alloc(0), "(1) bytes are due at byte 0 but (0) are given in all; is it cut short?"],
    [
      "a length beyond the end",
      bytes("\x80\x04\x8e", "\xff".repeat(8)),
      "bytes are due at byte 11 but (11) are given",
    ],
  ])("%s is refused", (_, pickle, sentence) => {
    expect(() => readPickle(pickle)).toThrow(sentence);
  });
  test("a pack cut short anywhere is refused", () => {
    for (const [, pickle] of packs) {
      for (let length = 0; length < pickle.length; length++) {
        expect(() => readPack(pickle.subarray(0, length))).toThrow("is it cut short?");
      }
    }
  });
  test.each<[string, string, string]>([
    ["no pair of lists", "]", "the pickle is no pair of lists but must hold"],
    ["no pairs", "]]\x86", "(0) images and (0) pairs are given"],
    [
      "an image too few",
      "](U\x01ae]\x88a\x86",
      "(1) images and (1) pairs are given but every pair needs two images",
    ],
    ["a number for an image", "](U\x01aK\x01e]\x88a\x86", "image 1 is number but must be bytes"],
    [
      "a number for a boolean",
      "](U\x01aU\x01ae]K\x02a\x86",
      "entry 0 of the booleans is number but must be a boolean",
    ],
  ])("%s is refused", (_, body, sentence) => {
    expect(() => readPack(bytes("\x80\x02", body, "."))).toThrow(sentence);
  });
  test("readBin names the file and the image that is broken", async () => {
    const file = put("broken.bin", bytes("\x80\x02](C", one.length, one, "U\x01ae]\x88a\x86."));
    await expect(readBin(file, size)).rejects.toThrow(
      `readBin: (1) images of ${file} cannot be read, the first, image 1: the file begins with 61`,
    );
    await expect(readBin(put("x.bin", "x"), size)).rejects.toThrow(
      "x.bin cannot be read: readPickle: opcode 0x78",
    );
    await expect(readBin(at("none.bin"), size)).rejects.toThrow("none.bin cannot be read: ENOENT");
  });
});

describe("RecordIO", () => {
  const none = Buffer.alloc(0);
  /** The .rec and .idx bytes of records, by key. */
  function pack(payloads: Uint8Array[]): { rec: Buffer; idx: string } {
    const records = payloads.map(record);
    let at = 0;
    const idx = records.map((bytes, key) => {
      const line = `${key}\t${at}\n`;
      at += bytes.length;
      return line;
    });
    return { rec: Buffer.concat(records), idx: idx.join("") };
  }
  /** As insightface: record 0 tells that images end at key 5; then come identities with their ranges. */
  const faces = pack([
    labelled([5, 7], none),
    labelled([7, 0.5], png(10)),
    labelled(2, png(20)),
    labelled([7], png(30)),
    labelled(11, png(40)),
    labelled([1, 4], none),
    labelled([4, 5], none),
  ]);
  const expected = { classes: ["2", "7", "11"], labels: Uint32Array.of(1, 0, 1, 2) };

  test("a pack of insightface, with its index and without", async () => {
    const file = put("train.rec", faces.rec);
    const told: number[] = [];
    const alone = await loadRecords(file, { ...size, onProgress: (done, total) => told.push(done / total) });
    expect(told).toEqual([0.25, 0.5, 0.75, 1]);
    expect(alone.dataset).toMatchObject({ ...size, ...expected });
    expect(greys(alone.dataset)).toEqual([10, 20, 30, 40]);
    expect(alone.skipped).toEqual([]);
    put("train.idx", faces.idx);
    for (const workers of [0, 1]) expect(await loadRecords(file, { ...size, workers })).toEqual(alone);
  });
  test("the index says which records there are", async () => {
    const lines = faces.idx.split("\n");
    put("train.idx", [lines[4], "", lines[2]].join("\r\n"));
    const { dataset } = await loadRecords(put("train.rec", faces.rec), size);
    expect(greys(dataset)).toEqual([40, 20]);
    expect(dataset.classes).toEqual(["2", "11"]);
  });
  test("payloads that hold the magic number are put together again", async () => {
    // The header of the PGM has 16 bytes, so that its pixels are aligned.
    const pixels = u32(MAGIC, MAGIC, 0x01020304, MAGIC);
    const pgm = Buffer.concat([Buffer.from("P5 #aaa\n4 4 255\n"), pixels]);
    const { rec } = pack([labelled(0, pgm), labelled(1, png(9))]);
    expect(rec.readUInt32LE(4) >>> 29).toBe(1);
    const { dataset, skipped } = await loadRecords(put("cut.rec", rec), { height: 4, width: 4, channels: 1 });
    expect(skipped).toEqual([]);
    expect(dataset.pixels.subarray(0, 16)).toEqual(new Uint8Array(pixels));
    expect(dataset.classes).toEqual(["0", "1"]);
  });
  test("limits take the first people and images", async () => {
    const file = put("train.rec", faces.rec);
    const people = await loadRecords(file, { ...size, mostPeople: 1 });
    expect([people.dataset.classes, greys(people.dataset)]).toEqual([["7"], [10, 30]]);
    const images = await loadRecords(file, { ...size, mostImages: 3 });
    expect([images.dataset.classes, greys(images.dataset)]).toEqual([
      ["2", "7"],
      [10, 20, 30],
    ]);
    await expect(loadRecords(file, { ...size, mostPeople: 0 })).rejects.toThrow(
      "mostPeople is 0 but must be 1 or more",
    );
  });
  test("broken records are listed with the reason", async () => {
    const { rec, idx } = pack([
      labelled(1, png(1)),
      labelled(1.5, png(2)),
      labelled(2, Buffer.from("no image")),
      labelled(3, none),
      Buffer.alloc(20),
      u32(9, 0, 0, 0, 0, 0, 0),
      labelled(4, png(6)),
      labelled(5, png(7)),
    ]);
    const file = put("broken.rec", rec.subarray(0, -8));
    const why = (skipped: readonly { file: string; why: string }[]) =>
      skipped.map(({ file, why }) => `${file}: ${why}`).sort();
    const broken = [
      "record 1: its label is 1.5 but must be a whole number from 0",
      "record 2: the file begins with 6e 6f 20 69 but must be a JPEG, PNG, PGM or PPM image",
      "record 3: it holds no image",
      "record 4: it has (20) bytes but its header needs (24)",
      "record 5: it has (28) bytes but its header needs (60)",
      expect.stringMatching(
        /^record 7: it needs \(\d+\) bytes of the file but \(\d+\) are there; is it cut short\?/,
      ),
    ];
    const { dataset, skipped } = await loadRecords(file, size);
    expect(why(skipped)).toEqual(broken);
    expect([greys(dataset), dataset.classes]).toEqual([
      [1, 6],
      ["1", "4"],
    ]);
    // With an index what lies behind a record of another magic number is found.
    put("broken.idx", idx);
    const damaged = Buffer.from(rec);
    const at = Number(idx.split("\n")[6]!.split("\t")[1]);
    damaged.writeUInt32LE(1, at);
    damaged.writeUInt32LE(2 ** 29 * 3 + 24, Number(idx.split("\n")[3]!.split("\t")[1]) + 4);
    put("broken.rec", damaged);
    const again = await loadRecords(file, size);
    expect(greys(again.dataset)).toEqual([1, 7]);
    expect(why(again.skipped)).toContain(
      `record 6: byte ${at} begins with 0x00000001 but a record must with 0xced7230a`,
    );
    expect(why(again.skipped)).toContainEqual(
      expect.stringMatching(/^record 3: byte \d+ has part flag 3, which cannot/),
    );
  });
  test.each<[string, { [file: string]: Uint8Array | string }, string]>([
    [
      "another format",
      { "x.rec": "no records here" },
      "has no readable image; of the first, record 0: byte 0 begins with 0x72206f6e but",
    ],
    ["nothing", { "x.rec": "" }, "x.rec has no readable image but needs one"],
    ["no file", {}, "x.rec cannot be opened (ENOENT) but must be a .rec file"],
    [
      "an index of something else",
      { "x.rec": faces.rec, "x.idx": "0\t0\none two\n" },
      'x.idx line 2 is "one two" but must be a key and an offset',
    ],
    [
      "an index beyond the end",
      { "x.rec": faces.rec, "x.idx": "1\t999999\n" },
      "record 1: it needs (1000007) bytes of the file",
    ],
  ])("%s is refused", async (_, files, sentence) => {
    for (const [name, bytes] of Object.entries(files)) put(name, bytes);
    await expect(loadRecords(at("x.rec"), size)).rejects.toThrow(sentence);
  });
});

describe("people in two data sets", () => {
  const named = (...classes: string[]) =>
    makeDataset({
      ...size,
      pixels: Uint8Array.from({ length: 6 * classes.length }, (_, i) => Math.floor(i / 6)),
      labels: Uint32Array.from(classes, (_, label) => label),
      classes,
    });
  test("are left out, however their names are written", () => {
    const { dataset, leftOut } = withoutPeople(
      named("jane doe", "Bo_Li", "José_Roe", "A_Lee_0003", "Cy_Ma"),
      ["Jane_Doe", "Jose_Roe_0001", "a  lee", "Nobody"],
    );
    expect(leftOut).toEqual(["jane doe", "José_Roe", "A_Lee_0003"]);
    expect(dataset.classes).toEqual(["Bo_Li", "Cy_Ma"]);
    expect([greys(dataset), Array.from(dataset.labels)]).toEqual([
      [1, 4],
      [0, 1],
    ]);
  });
  test("numbers name other people elsewhere, and those of one word tell people apart", () => {
    const data = named("001", "person_1", "s1");
    expect(withoutPeople(data, ["001", "person_2", "s2"])).toEqual({ dataset: data, leftOut: [] });
  });

  const net = { name: "n", ...size, embedding: 2, layers: [] };
  function folders(): { data: string; lfw: string; pairs: string } {
    for (const name of ["Jane_Doe", "Bo_Li"]) {
      for (const i of [1, 2]) put(`lfw/${name}/${name}_000${i}.png`, png(i));
    }
    for (const name of ["jane doe", "Cy Ma", "Di Ro"]) put(`data/${name}/1.png`, png(3));
    const pairs = put("pairs.txt", "1 1\nJane_Doe 1 2\nJane_Doe 1 Bo_Li 1\n");
    return { data: at("data"), lfw: at("lfw"), pairs };
  }
  test("are left out of training unless told otherwise", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const options = { ...folders(), seed: 1, tail: undefined, degrade: undefined, net };
    expect((await faceExperiment(options)).train.classes).toEqual(["Cy Ma", "Di Ro"]);
    expect(said.mock.calls.join()).toContain(
      "1 of 3 people of --data are in --pairs too and left out of training",
    );
    const kept = await faceExperiment({ ...options, excludeOverlap: false });
    expect(kept.train.classes).toEqual(["Cy Ma", "Di Ro", "jane doe"]);
    await expect(faceExperiment({ ...options, data: options.lfw })).rejects.toThrow(
      "--data: (0) of (2) people are in no pair but (2) are needed to train; give other people, or --no-exclude-overlap",
    );
    said.mockRestore();
  });
  test("the option on the command line", () => {
    const given = (...words: string[]) => parseArgs(words, trainingArgs)["exclude-overlap"];
    expect([given(), given("--exclude-overlap"), given("--no-exclude-overlap")]).toEqual([true, true, false]);
  });
  test("a .rec file and a .bin pack take the place of folders", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const options = { seed: 1, tail: undefined, degrade: undefined, net, pairs: undefined };
    const image = png(60);
    const pack = bytes("\x80\x04](", "C", image.length, image, "C", image.length, image, "e]\x88a\x86.");
    const experiment = (...labels: number[]) => {
      const records = labels.map((label) => record(labelled(label, image)));
      const data = put("train.rec", Buffer.concat(records));
      return faceExperiment({ ...options, data, lfw: put("lfw.bin", pack) });
    };
    const { train, verification } = await experiment(3, 5);
    expect([train.classes, verification!.pairs]).toEqual([["3", "5"], [{ a: 0, b: 1, same: true, fold: 0 }]]);
    await expect(experiment(3, 3)).rejects.toThrow("train.rec has (1) people but (2) are needed");
    said.mockRestore();
  });
});

test("folders of a person's folders, as in CFP, unless files lie beside them", async () => {
  put("001/frontal/01.png", png(1));
  put("001/frontal/02.png", png(2));
  put("001/profile/01.png", png(3));
  put("002/profile/01.png", png(4));
  put("002/profile/deep/01.png", png(5));
  put("003/01.png", png(6));
  put("003/more/01.png", png(7));
  symlinkSync(at("003/loop"), at("003/loop"));
  symlinkSync(at("001"), at("004"));
  symlinkSync(at("001/frontal"), at("002/link"));
  const { dataset, files, skipped } = await loadFolder(at(), size);
  expect(files).toEqual([
    "001/frontal/01.png",
    "001/frontal/02.png",
    "001/profile/01.png",
    "002/link/01.png",
    "002/link/02.png",
    "002/profile/01.png",
    "003/01.png",
    "004/frontal/01.png",
    "004/frontal/02.png",
    "004/profile/01.png",
  ]);
  expect([dataset.classes, Array.from(dataset.labels)]).toEqual([
    ["001", "002", "003", "004"],
    [0, 0, 0, 1, 1, 1, 2, 3, 3, 3],
  ]);
  expect(skipped).toEqual([
    { file: "002/profile/deep", why: "it is not a file" },
    { file: "003/loop", why: "it cannot be found (ELOOP)" },
    { file: "003/more", why: "it is not a file" },
  ]);
});
