// The engine in a browser: every case of the check table, and what differs between browsers and Node.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page as Tab } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cases } from "../src/check/cases.ts";
import { packageRoot } from "../src/node/swiftshader.ts";
import { needs, openChromium, serve } from "./browser/chromium.ts";
import type { Page } from "./browser/page.ts";

describe.skipIf(needs)(needs ? `in a browser (${needs})` : "in Chromium", () => {
  let site: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let tab: Tab;
  const said: string[] = [];
  beforeAll(async () => {
    site = await serve(new URL("browser/", import.meta.url).pathname);
    browser = await openChromium();
    tab = await browser.newPage();
    tab.on("console", (message) => said.push(message.text()));
    tab.on("pageerror", (error) => said.push(String(error)));
    await tab.goto(site.url);
    expect(await tab.evaluate(async () => (await globalThis.page).compile())).toBeGreaterThan(500);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  describe.each(Object.entries(cases))("%s", (name, { rows }) => {
    test.each(Object.keys(rows))("%s", async (what) => {
      const given: Parameters<Page["check"]> = [name as keyof typeof cases, what];
      const row = await tab.evaluate(async (given) => (await globalThis.page).check(...given), given);
      expect(row.ok, JSON.stringify(row)).toBe(true);
    });
  });

  test("a step gives the same bits whenever it is replayed", async () => {
    const runs = await tab.evaluate(async () => (await globalThis.page).replay(3));
    expect(runs[0]).toHaveLength(1 + 70 * 10);
    expect(new Set(runs[0]).size).toBeGreaterThan(600);
    expect(runs.map(String)).toEqual(Array(3).fill(String(runs[0])));
  });

  test("training learns, and comes to the same weights again", async () => {
    const train = () => tab.evaluate(async () => (await globalThis.page).train());
    const { hash, curve } = await train();
    expect(curve).toHaveLength(24);
    expect(curve.at(-1)!).toBeLessThan(0.5 * curve[0]!);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await train()).toEqual({ hash, curve });
  });

  test("a lost device is told to whoever watches, waits or goes on", async () => {
    const told = await tab.evaluate(async () => (await globalThis.page).lose());
    expect(told).toHaveLength(3);
    for (const error of told) {
      expect(error).toMatchObject({ name: "KnotgradError", code: "lost" });
      expect(error.message).toContain("lost (destroyed)");
    }
  });

  test("globalThis is as it was before the first import", async () => {
    expect(await tab.evaluate(async () => (await globalThis.page).changes())).toEqual([]);
  });

  test("nothing is written to the console", () => {
    expect(said).toEqual([]);
  });
});

test.skipIf(needs || process.platform !== "linux")("a Chromium that does not start is no skip", async () => {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot()!, "package.json"), "utf8"));
  const cache = mkdtempSync(path.join(tmpdir(), "knotgrad-browser-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
  try {
    mkdirSync(path.join(cache, "knotgrad", `chromium-${version}`), { recursive: true });
    await expect(openChromium()).rejects.toThrow(
      /^openChromium: .*does not start but tests need it; remove /,
    );
  } finally {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  }
});
