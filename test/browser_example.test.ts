// examples/browser, built and opened: the page that trains on digits.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs, openChromium, serve } from "./browser/chromium.ts";

declare global {
  var told: string[];
}
/** Has the page collect what its status says. */
const WATCH = `globalThis.told = [];
  addEventListener("DOMContentLoaded", () => {
    const status = document.querySelector("#status");
    new MutationObserver(() => told.push(status.textContent)).observe(status, { childList: true });
  });`;

describe.skipIf(needs)(needs ? `in a browser (${needs})` : "in Chromium", () => {
  let site: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  beforeAll(async () => {
    site = await serve(new URL("../examples/browser/", import.meta.url).pathname);
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Opens the page, where `before` runs first, and gives what it says on the console and fetches. */
  async function open(query: string, before = ""): Promise<{ tab: Page; said: string[]; fetched: string[] }> {
    const tab = await browser.newPage();
    const [said, fetched]: string[][] = [[], []];
    tab.on("console", (message) => said!.push(message.text()));
    tab.on("pageerror", (error) => said!.push(String(error)));
    tab.on("request", (request) => fetched!.push(request.url()));
    await tab.addInitScript(before);
    await tab.goto(site.url + query);
    return { tab, said: said!, fetched: fetched! };
  }

  test("trains, draws and sorts, quietly and from its own origin", async () => {
    const { tab, said, fetched } = await open("?steps=30&gamma=1", WATCH);
    await tab.waitForSelector("#ranked:not([hidden])", { timeout: 180_000 });
    const told = await tab.evaluate(() => globalThis.told);
    expect(told.some((text) => /^Compiling kernels: \d+ of \d+$/.test(text))).toBe(true);
    expect(told.at(-1)).toMatch(
      /^Step 30 of 30: loss \d\.\d{3}, accuracy \d+\u202f% clean and \d+\u202f% degraded, \d+ images\/s$/,
    );
    const losses = told.flatMap((text) => text.match(/(?<=loss )[\d.]+/) ?? []).map(Number);
    expect(losses.length).toBeGreaterThan(10);
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);

    const drawn = await tab.$$eval("polyline", (lines) =>
      lines.map((line) => line.getAttribute("points")!.split(" ").length),
    );
    expect(drawn).toEqual([30, 30, 3, 3]);
    const p = await tab.$$eval("#images figcaption", (captions) =>
      captions.map((c) => Number(c.textContent)),
    );
    expect(p).toHaveLength(60);
    expect(p).toEqual(p.toSorted((a, b) => a - b));
    expect(p.at(-1)!).toBeGreaterThan(p[0]! + 0.2);
    // A digit is bright on black: neither is the whole of its picture.
    const bright = await tab.$eval("#images canvas", (canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, 28, 28);
      return data.filter((v, i) => i % 4 === 0 && v > 127).length;
    });
    expect(bright).toBeGreaterThan(10);
    expect(bright).toBeLessThan(500);

    expect(said).toEqual([]);
    expect(fetched.some((url) => url.endsWith("/digits.bin"))).toBe(true);
    expect(fetched.filter((url) => !url.startsWith(site.url) && !url.startsWith("data:"))).toEqual([]);
    await tab.close();
  }, 200_000);

  test.each([
    ["WebGPU", "delete Navigator.prototype.gpu", "This browser has no WebGPU."],
    [
      "adapter for it",
      "GPU.prototype.requestAdapter = async () => null",
      "finds no graphics adapter for it.",
    ],
  ])("says so where there is no %s", async (_, before, message) => {
    const { tab, said } = await open("", before);
    await tab.waitForSelector("#status.problem");
    expect(await tab.textContent("#status")).toContain(message);
    expect(await tab.isDisabled("#controls button")).toBe(true);
    expect(said).toEqual([]);
    await tab.close();
  });
});
