// Waiting for a page that comes, in words that say which page did not.

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').GoToOptions} How */

/** How often in a row a page says that it is there before the driver's word is no longer waited for: five seconds. */
const TRUST = 20;

let marks = 0;

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Lets a wait for another page end when the page itself shows that it is another. A
 * driver hears of pages by events. After Back to a page that Firefox had kept as it was
 * none comes, so puppeteer waits for the end of that move, takes the page after it for
 * a part of it, and says nothing of that one either, though it stands there. Whether a
 * page stands there is what a journey wants to know; what should stand on it it asks next.
 * @param {Page} page
 */
export function surely(page) {
	const go = page.goto.bind(page);
	const wait = page.waitForNavigation.bind(page);
	let trust = TRUST;

	/** Marks the page that is to be left; each mark is another, so that no wait takes away that of one before it. */
	const leave = () => {
		const mark = `left${++marks}`;
		return { mark, marked: page.evaluate((m) => Reflect.set(window, m, true), mark).catch(() => false) };
	};

	/**
	 * @template T
	 * @param {{ mark: string, marked: Promise<boolean> }} left @param {(how: How) => Promise<T>} driver @param {How} how @param {string} what
	 */
	const came = async ({ mark, marked }, driver, how, what) => {
		const was = page.url();
		const enough = new AbortController();
		const whole = [how.waitUntil ?? 'load'].flat().some((w) => w !== 'domcontentloaded');
		/** Whether a page without the mark stands there, and with `all` whatever belongs to it. @param {boolean} all */
		const there = async (all) => await marked && await page.evaluate(
			(m, complete) => !Reflect.has(window, m) && (complete ? document.readyState === 'complete' : document.readyState !== 'loading'), mark, all,
		).catch(() => false);
		const said = driver({ ...how, signal: AbortSignal.any([enough.signal, ...(how.signal ? [how.signal] : [])]) });
		let over = false;
		said.then(() => { over = true; }, () => { over = true; });
		// The driver has the first word: what it says late would be taken for the next page. Once it was silent it stays so for a while.
		const seen = async () => {
			for (let yes = 0; yes < trust && !over; yes = (await there(whole)) ? yes + 1 : 0) await pause(250);
			if (over) return said;
			trust = 2;
			console.log(`# ${await page.evaluate(() => location.href).catch(() => what)} came, and the driver did not say so`);
			return null;
		};
		try {
			const answer = await Promise.race([said, seen()]);
			if (over) trust = TRUST;
			return answer;
		} catch (cause) {
			const late = /** @type {Error} */ (cause).name === 'TimeoutError' && await there(false);
			if (!late) throw new Error(`${what} did not come: it was ${was}, it is ${page.url()}`, { cause });
			return null;
		} finally {
			enough.abort();
		}
	};

	page.goto = async (address, how = {}) => {
		const left = leave();
		await Promise.race([left.marked, pause(2000)]); // else the mark might come to the new page
		return came(left, (all) => go(address, all), how, address);
	};
	// The driver listens first, and the mark is set before whatever leads on is pressed.
	page.waitForNavigation = (how = {}) => came(leave(), wait, how, 'another page');
}
