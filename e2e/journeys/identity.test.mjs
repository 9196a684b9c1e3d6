// What looks like a name or a number, and what does not, in the five languages;
// and the word itself, on the page. Nobody in these sentences is anybody.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { faults } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

const source = await readFile(new URL('../../static/js/identity.js', import.meta.url), 'utf8');
/** @type {{ looks: (text: string) => boolean }} */
const { looks } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const shows = {
	en: [
		'My name is Peter', 'my name is peter', "my real name's Alex", "I'm called Sam", 'I am Peter Jansen', 'his name is Tom', "my daughter's name is Ann", 'she is called Mia',
		'call me on 07700 900123', 'my number is +44 7700 900123', '087 123 4567 is mine', 'write to a.person@example.org', 'I am @quiet_person on there', 'insta: quiet.person',
		'I live at 12 Mill Lane', 'we are at 7 Old Church Road', 'SW1A 2AA', 'my postcode is EC1A 1BB', 'I live in D02 X285', 'GB82 WEST 1234 5698 7654 32', 'I was born on 3 May 1990', 'date of birth 3/5/1990',
	],
	nl: [
		'Mijn naam is Peter', 'mijn naam is peter', 'ik heet Anna', 'hij heet Tom', 'mijn zoon heet Daan', 'Ik ben Peter de Vries', 'zijn achternaam is jansen', 'bel me op 06-12345678', '06 12 34 56 78',
		'020 123 45 67', '+31 6 12345678', '0470 12 34 56', 'a.persoon@example.nl', 'snapchat: stille_jongen', 'Dorpsstraat 12', 'ik woon op de Lindelaan 4a', 'Kerkplein 3, daar woon ik', '1234 AB', '1234AB Ergens',
		'wij wonen in 9000 Gent', 'NL91ABNA0417164300', 'mijn bsn is 123456782', 'ik ben geboren op 3-5-1990', 'geboren op 3 mei 1990',
	],
	'nl-BE': ['ik heet Jef', 'bel 0470/12.34.56', 'Kapelsteenweg 12', 'Rue Neuve 12', 'BE68 5390 0754 7034', 'mijn rijksregisternummer is 90.05.03-123.45'],
	fr: [
		"Je m'appelle Pierre", 'je m’appelle pierre', 'mon nom est Dupont', 'mon prénom est Anne', "ma fille s'appelle Léa", 'Je suis Pierre Dupont', '06 12 34 56 78', '06.12.34.56.78', '+33 6 12 34 56 78',
		'12 rue des Lilas', "3 bis, avenue de l'Europe", 'rue du Moulin 14', "j'habite à 75011 Paris", 'une.personne@example.fr', 'FR14 2004 1010 0505 0001 3M02 606', 'née le 3 mai 1990',
	],
	de: [
		'Ich heiße Peter', 'ich heisse peter', 'mein Name ist Peter', 'er heißt Tom', 'meine Tochter heißt Mia', 'Ich bin Peter Müller', '0151 23456789', '+49 151 23456789', '030 1234567', 'Lindenstraße 5', 'Hauptstr. 12b',
		'ich wohne in 80331 München', 'eine.person@example.de', 'DE89 3704 0044 0532 0130 00', 'geboren am 3.5.1990', 'mein Geburtsdatum: 3. Mai 1990',
	],
};

const silent = {
	en: [
		'I am 34 and my son is 7', 'I have not slept since 2019', 'it cost me 10 000 euros', 'I called 0800 1111 yesterday', 'I rang 999 once', 'at 20.30 or 22:00', 'between 08.30 and 10.00', 'on 01-02-2024 it began', 'from 01-02-2024 to 03-04-2024',
		'my name is not important', "my name's none of that", 'do you want to know my name?', 'I am Dutch', "I'm Catholic and I am ashamed", 'I am English and Irish', 'Instagram is bad for me', 'I live in a small town', 'I live alone since 3 years',
		'10 minutes down the road', 'I drove 200 miles', 'he is called in every week', 'version 2.0', 'my brother and I', 'A4 and B2', 'it is @ home that it is worst', 'I have lived here 2 years', 'born in the eighties',
	],
	nl: [
		'Ik ben 34 en mijn zoon is 7', 'sinds 2019 slaap ik slecht', 'ik belde 0800-0113', 'ik heb 113 gebeld', 'om 20.30 of 22:00 uur', 'van 08.30-10.00', 'op 01-02-2024 begon het', 'mijn naam is niet belangrijk', 'moet ik mijn naam zeggen?', 'ik heet niet voor niets zo',
		'het is heet vandaag', 'Het was heet. Ik sliep niet', 'ik was 3 uur onderweg', 'onderweg 3 uur', 'halverweg 2 keer', 'ik ga 3 dagen weg', 'op straat', 'in 2020 OK', 'IN 2019 IS HET BEGONNEN', '1000 keer', '10.000 euro', 'ik ben Nederlands', 'ik woon alleen', 'ik woon hier 3 jaar', 'mijn zoon van 12',
	],
	'nl-BE': ['ik woon in Gent', 'ik belde naar 1813', 'tele-onthaal 106', 'ik ben 2 keer gegaan', 'de weg is lang'],
	fr: [
		"J'ai 34 ans et mon fils a 7 ans", 'depuis 2019 je dors mal', "j'ai appelé le 119", 'le 0800 32 123', 'à 20h30', 'le 01/02/2024', "mon nom n'est pas important", "je ne m'appelle pas comme ça", 'je suis Français', "c'est dans la rue de l'école", "j'habite seul", "j'habite ici depuis 3 ans", '10 000 euros', 'une avenue longue de 2 km',
		"je m'appelle pas", 'les rues de la ville',
	],
	de: [
		'Ich bin 34 und mein Sohn ist 7', 'seit 2019 schlafe ich schlecht', 'ich rief 0800 1110111 an', 'um 20.30 Uhr', 'von 08.30-10.00', 'am 01.02.2024', 'mein Name ist nicht wichtig', 'mein Name ist egal', 'ich heiße das nicht gut', 'das heißt nicht viel', 'Ich bin Vater und habe Angst', 'ich bin Deutscher', 'ich wohne allein',
		'10.000 Euro', 'auf der Straße', 'am Arbeitsplatz', 'in 3 Wochen', 'ich wohne seit 2019 hier',
	],
};

for (const [language, sentences] of Object.entries(shows)) {
	test(`what shows who somebody is looks like it: ${language}`, () => {
		assert.deepEqual(sentences.filter((s) => !looks(s) || !looks(`Hello. I wanted to say: ${s}. That is all.`)), []);
	});
}
for (const [language, sentences] of Object.entries(silent)) {
	test(`what shows nobody does not: ${language}`, () => {
		assert.deepEqual(sentences.filter((s) => looks(s) || looks(`Hm, ${s}, you see.`)), []);
	});
}

journey('promise: a neutral word comes before what shows who somebody is, once a visit, and the words stay on the page until they are sent', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('I do not sleep, and I am 34.');
	await visitor.say('My name is Peter');
	await visitor.toRead(words('identity.self'));
	assert.equal(await visitor.unsent(), 'My name is Peter', 'nothing is lost');
	assert.ok(await visitor.page.evaluate(() => document.activeElement?.matches('[data-word]')), 'a second Enter in haste sends nothing');
	await visitor.page.keyboard.press('Enter');
	assert.deepEqual(await counsellor.texts(), ['I do not sleep, and I am 34.']);
	assert.deepEqual(await faults(visitor.page), []);
	await picture(visitor.page, 'identity-word');
	await visitor.press('[data-word] [type=button]');
	await until('the box has the focus again', () => visitor.page.evaluate(() => document.activeElement?.id === 'box'));
	await visitor.page.keyboard.press('Enter');
	await counsellor.toGet('My name is Peter');
	await visitor.tell('and my number is 07700 900123');
	assert.equal(await visitor.sees('[data-word]'), false, 'never twice');
	await visitor.reload();
	await visitor.toGet('and my number is 07700 900123');
	await visitor.tell('or write to a.person@example.org');
});
