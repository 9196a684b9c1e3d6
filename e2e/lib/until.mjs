// Waiting for a condition. Nothing in the journeys sleeps for luck.

/** How long a condition may take before the journey fails, in milliseconds. */
export const PATIENCE = 20_000;

/**
 * For an answer to a passphrase. It is stretched by a process that has idle processor
 * time only: on a busy machine ten seconds go by before the line does it itself.
 */
export const STRETCH = 40_000;

/**
 * Asks again and again until the answer is true (or any other value but
 * false, null, undefined, 0 and ''), and gives that answer. Questions that fail because
 * the page is just going elsewhere count as not yet.
 * @template T
 * @param {string} what a sentence that says what is waited for
 * @param {() => T | Promise<T>} ask
 * @param {number} [patience] milliseconds
 * @returns {Promise<Exclude<T, false | null | undefined | 0 | ''>>}
 */
export async function until(what, ask, patience = PATIENCE) {
	const end = performance.now() + patience;
	let last = '';
	for (;;) {
		try {
			const got = await ask();
			if (got) return /** @type {any} */ (got);
			last = '';
		} catch (err) {
			last = String(err);
		}
		if (performance.now() > end) throw new Error(`waited ${patience / 1000} s in vain: ${what}${last && `; last: ${last}`}`);
		await new Promise((done) => setTimeout(done, 40));
	}
}

/**
 * Looks for a while that something does not happen. For what must never
 * come: the time is a choice, not luck.
 * @param {string} what
 * @param {() => unknown} happens
 * @param {number} [milliseconds]
 */
export async function never(what, happens, milliseconds = 1500) {
	const end = performance.now() + milliseconds;
	while (performance.now() < end) {
		if (await happens()) throw new Error(`this must not happen: ${what}`);
		await new Promise((done) => setTimeout(done, 60));
	}
}
