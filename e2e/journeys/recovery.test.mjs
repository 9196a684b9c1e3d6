// A lost passphrase: by the code on paper, and by the shares of two custodians.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Counsellor } from '../lib/people.mjs';
import { STRETCHED, until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('../lib/people.mjs').Supervisor} Supervisor */

/** Accessible, nothing sticks out, wide and narrow. @param {{ page: import('puppeteer-core').Page }} who @param {string} what */
async function look(who, what) {
	for (const width of [1280, 390]) {
		await who.page.setViewport({ width, height: 800 });
		assert.deepEqual(await tooWide(who.page), [], `${what} at ${width} px`);
		await picture(who.page, `recovery-${what}-${width}`);
	}
	assert.deepEqual(await faults(who.page), [], what); // once, narrow: nothing of these pages is shown at one width alone
	await who.page.setViewport({ width: 1024, height: 768 });
}

/** Opens a page until something stands above it: one that comes while the machine is busy comes without. @param {Supervisor} who @param {string} page @param {string} text */
function reads(who, page, text) {
	return until(`${page} says "${text}"`, async () => {
		await who.page.goto(page);
		return (await who.text()).includes(text);
	});
}

/** Somebody new, with the six words of the invitation. @param {Evening} e @param {Supervisor} supervisor @param {string} name */
async function joined(e, supervisor, name) {
	await supervisor.page.goto(`${e.line.staff('supervisor')}/people`);
	await supervisor.page.type('#name', name);
	await supervisor.follow('form[action="/people"] button[type=submit]');
	const link = await supervisor.page.evaluate(() => document.querySelector('.once')?.textContent ?? '');
	const machine = await e.machine();
	const who = new Counsellor(e, await e.page(machine), machine);
	await who.page.goto(link);
	const six = await who.page.evaluate(() => document.querySelector('.six')?.textContent ?? '');
	await who.press('input[name=written]');
	await who.follow('button[name=do][value=join]', STRETCHED);
	await who.toSee('#on');
	return { who, origin: new URL(link).origin, first: six };
}

/** The six words on offer, taken. @param {Counsellor} who */
async function takesOffer(who) {
	const six = await who.page.evaluate(() => document.querySelector('output.six')?.textContent ?? '');
	assert.equal(six.split(' ').length, 6);
	await who.press('input[name=written]');
	await who.follow('button[name=do][value=change]', STRETCHED);
	return six;
}

/** @param {Counsellor} who @param {string} origin @param {string} name @param {string} pass */
async function logsIn(who, origin, name, pass) {
	await who.page.goto(`${origin}/login`);
	await who.page.type('#name', name);
	await who.page.type('#passphrase', pass);
	await who.follow('form[action="/login"] button', STRETCHED);
}

journey('whoever has lost the passphrase comes back with the code on paper, once', async (e) => {
	const { who, origin } = await joined(e, await e.supervisor(), 'Noor Bakker');
	await who.page.goto(`${origin}/code`);
	await look(who, 'code');
	await who.follow('button[name=do][value=make]', STRETCHED);
	await look(who, 'code-shown');
	const groups = await who.page.evaluate(() => [...document.querySelectorAll('#code li')].map((l) => l.textContent ?? ''));
	assert.equal(groups.length, 9);
	await who.page.type('#typed', groups.slice(0, 8).join(' '));
	await who.follow('button[name=do][value=typed]', STRETCHED);
	await who.toRead(words('code.slip.number'));
	assert.ok(!(await who.page.content()).includes(groups[0] ?? '?'), 'the code is shown once');
	await who.page.type('#typed', groups.join(' ').toUpperCase());
	await who.follow('button[name=do][value=typed]', STRETCHED);
	await who.toRead(words('code.kept'));
	await who.follow('[data-logout] button');

	await who.follow('a[href="/lost"]');
	await look(who, 'lost');
	await who.page.type('#name', 'Noor Bakker');
	await who.page.type('#typed', groups.join(''));
	await who.follow('form[action="/lost/code"] button', STRETCHED);
	await who.toRead(words('renew.due'));
	await look(who, 'due');
	await who.page.goto(`${origin}/desk`);
	await who.toRead(words('renew.due'));
	const six = await takesOffer(who);
	await who.toRead(words('code.first'));
	await who.page.goto(`${origin}/desk`);
	await who.toSee('#on');
	await who.follow('[data-logout] button');

	await who.follow('a[href="/lost"]');
	await who.page.type('#name', 'Noor Bakker');
	await who.page.type('#typed', groups.join('-'));
	await who.follow('form[action="/lost/code"] button', STRETCHED);
	await who.toRead(words('lost.code.wrong'));
	await logsIn(who, origin, 'Noor Bakker', six);
	await who.toSee('#on');
}, { staffOnly: true });

journey('whoever has lost everything comes back with a supervisor and the shares of two custodians', async (e) => {
	const supervisor = await e.supervisor();
	const desk = e.line.staff('supervisor');
	const counsellor = await e.counsellor();
	const { who, origin, first } = await joined(e, supervisor, 'Noor Bakker');
	await who.page.goto(`${origin}/words`);
	const own = await who.page.evaluate(() => document.querySelector('#six')?.textContent ?? '');
	await supervisor.page.goto(`${desk}/people`);
	await supervisor.follow('a[href$="/words"].button');
	assert.equal(await supervisor.page.evaluate(() => document.querySelector('#six')?.textContent), own);
	await supervisor.press('input[name=heard]');
	await supervisor.follow('form[data-once] button[type=submit]');

	await reads(supervisor, `${desk}/board`, words('alert.key'));
	await supervisor.page.goto(`${desk}/recovery/key`);
	await look(supervisor, 'make');
	for (const box of await supervisor.page.$$('input[name=custodian]')) {
		const name = await box.evaluate((b) => b.closest('label')?.textContent?.trim() ?? '');
		if (!/Noor|\(simulated\)/.test(name)) await box.click(); // nobody is there to write down the share of who is simulated
	}
	await supervisor.follow('form[action="/recovery/key"] button');
	await supervisor.toRead(words('recovery.done.key'));
	await supervisor.toRead(words('recovery.state.shares'));
	/** @type {Map<unknown, string>} */ const papers = new Map();
	/** @type {[typeof counsellor | typeof supervisor, string][]} */ const custodians = [[supervisor, desk], [counsellor, e.line.staff('counsellor')]];
	for (const [holder, host] of custodians) {
		await holder.page.goto(`${host}/recovery`);
		await holder.follow('a[href="/recovery/share"]');
		const share = await holder.page.evaluate(() => [...document.querySelectorAll('#share li')].map((l) => l.textContent ?? ''));
		assert.equal(share.length, 26);
		if (holder === supervisor) await look(supervisor, 'share');
		papers.set(holder, share.map((w, i) => `${i + 1}. ${w}`).join(' '));
		for (const n of [1, 2]) {
			const asked = await holder.page.evaluate((k) => document.querySelector(`label[for=word${k}]`)?.textContent ?? '', n);
			await holder.page.type(`#word${n}`, share[Number(asked.replaceAll(/\D/g, '')) - 1] ?? '');
		}
		await holder.follow('form[action="/recovery/share"] button[type=submit]');
		await holder.toRead(words('recovery.done.share'));
	}
	await supervisor.page.goto(`${desk}/recovery`);
	await supervisor.toRead(words('recovery.state.alone'));
	await look(supervisor, 'waiting');

	// Noor's keys are sealed to the recovery key when she unlocks next.
	await who.follow('[data-logout] button');
	await logsIn(who, origin, 'Noor Bakker', first);
	await who.toSee('#on');
	await who.follow('[data-logout] button');
	await supervisor.page.goto(`${desk}/recovery`);
	await supervisor.toRead(words('recovery.state.alone'));

	await who.page.goto(`${origin}/lost`);
	await who.page.type('#asker', 'noor bakker');
	await who.follow('form[action="/lost/ask"] button', STRETCHED);
	await look(who, 'wait');
	const six = await who.page.evaluate(() => document.querySelector('#six')?.textContent ?? '');
	assert.equal(six.split(' ').length, 6);

	await reads(supervisor, `${desk}/board`, words('alert.ask'));
	await supervisor.page.goto(`${desk}/recovery`);
	await look(supervisor, 'plea');
	assert.equal(await supervisor.page.evaluate(() => document.querySelector('.plea .six')?.textContent), six);
	await supervisor.press('input[name=heard]');
	await supervisor.follow('form[action$="/approve"] button');
	await supervisor.toRead(words('recovery.done.approve'));
	let given = 0;
	for (const [holder, host] of custodians) {
		await holder.page.goto(`${host}/recovery`);
		await holder.follow('a[href$="/give"]');
		if (holder === supervisor) await look(supervisor, 'give');
		const words26 = papers.get(holder) ?? '';
		await holder.page.type('#share', words26.replace(/^1\. \w+/, '1. helpline'));
		await holder.follow('form[action$="/give"] button');
		await holder.toRead(words('recovery.slip.unknown', { at: 1 }));
		await holder.page.type('#share', words26);
		await holder.follow('form[action$="/give"] button');
		await holder.toRead(words('recovery.done.give'));
		await who.page.goto(`${origin}/lost/wait`);
		if (++given === 1) await who.toRead(words('lost.wait.given', { given: 1, needed: 2 }));
	}
	await who.toRead(words('renew.rescue'));
	await look(who, 'choose');
	const passphrase = await takesOffer(who);
	await who.toSee('#on');
	await who.follow('[data-logout] button');
	await logsIn(who, origin, 'Noor Bakker', passphrase);
	await who.toSee('#on');
	await who.page.goto(`${origin}/words`);
	assert.equal(await who.page.evaluate(() => document.querySelector('#six')?.textContent), own, 'the keys are the same as before');
	await reads(supervisor, `${desk}/board`, words('alert.used'));
}, { staffOnly: true });
