package staff

// tongue is what people say most in one language: the small words nobody does
// without, and those that come to mind first. A guesser tries all of these before
// anything rarer, and of the small ones those that fit.
type tongue struct{ small, first string }

// tongues are those of the line beside English. The lists were put together by
// hand for this; they are meant to be short.
var tongues = []tongue{
	{ // Dutch, of both countries
		small: `de het een en van ik je dat die in is niet te wat we op hij zijn er maar met voor als hebben heb heeft ben was
dan aan om kan zo ook mijn jij hier door naar bij ze jullie wel nog geen uit over nu al toch hem haar ons onze jouw uw zij mij me
wie waar hoe waarom wanneer deze dit daar veel meer heel erg goed wil gaan ga gaat moet moeten kunnen zou zal worden wordt werd
doen doe doet had laat even iets iemand niets niemand altijd nooit alles alleen samen weer terug onder tegen tussen zonder tot na
een twee drie vier vijf zes zeven acht negen tien honderd duizend ja nee of want omdat ge gij jou u`,
		first: `amai allez goesting plezant huis boom water tafel stoel deur raam kamer keuken zolder kelder tuin straat stad dorp weg brug trein bus auto fiets fietsen
boot vliegtuig station school werk kantoor winkel markt kerk toren kasteel kaas brood melk boter koffie thee bier wijn appel peer
banaan aardbei kers citroen tomaat aardappel frieten friet soep taart koek koekje suiker zout peper ei eieren vlees vis kip hond
kat poes paard koe varken schaap geit vogel eend muis olifant leeuw tijger beer vlinder bij spin bloem bloemen roos tulp gras
blad bos berg zee strand eiland rivier meer regen zon maan ster sterren sneeuw wind wolk hemel lucht vuur aarde steen zand goud
zilver rood blauw groen geel gele zwart wit grijs paars oranje bruin groot grote klein kleine oud oude nieuw nieuwe jong mooi mooie
lelijk lief lieve leuk leuke blij vrolijk boos bang moe warm koud heet nat droog hoog laag lang kort dik dun snel langzaam sterk
zwak rijk arm vol leeg licht donker zacht hard man vrouw kind kinderen baby jongen meisje vader moeder papa mama broer zus zusje
opa oma oom tante neef nicht vriend vriendin vrienden familie buurman koning koningin prins prinses dokter leraar politie baas
hand voet hoofd haar oog ogen oor neus mond tand hart bloed buik rug been arm jaar maand week dag dagen nacht avond ochtend middag
morgen vandaag gisteren uur minuut tijd maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei
juni juli augustus september oktober november december zomer winter lente herfst kerst vakantie feest verjaardag cadeau geld euro
boek krant brief pen papier telefoon computer televisie muziek lied gitaar piano film spel voetbal wereld land leven dood liefde
geluk vrede oorlog vrijheid hoop droom waarheid leugen vraag antwoord woord naam nummer eten drinken slapen lopen rennen fietsend
zwemmen lezen schrijven spreken praten horen zien kijken kopen maken komen kom gaan weten denken vinden houden hou geven nemen
zitten staan liggen spelen lachen huilen wachten beginnen stoppen openen sluiten hallo dag dank bedankt sorry alsjeblieft welkom
wachtwoord geheim geheime sleutel slot hulp hulpverlener veilig amsterdam rotterdam utrecht antwerpen brussel gent brugge leuven
nederland belgie vlaanderen ajax feyenoord frietkot pintje kot verzekeringsmaatschappij arbeidsongeschiktheidsverzekering
hottentottententententoonstelling ziekenhuis fietsenmaker goedemorgen goedenavond`,
	},
	{ // French
		small: `le la les un une des de du et est il elle je tu nous vous ils elles on ne pas que qui quoi dans pour par sur avec sans
sous ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs au aux en y a ai as ont avons avez suis es
sommes sont etre avoir fait faire va vais vont aller plus moins tres bien mal mais ou donc or ni car si comme quand comment pourquoi
combien tout toute tous toutes rien personne quelque chose autre meme aussi encore toujours jamais ici la-bas oui non peu trop
deux trois quatre cinq six sept huit neuf dix cent mille moi toi lui eux se me te chez entre vers apres avant alors puis peut peux
veux veut dois doit faut c'est j'ai d'un d'une l'on qu'il`,
		first: `maison arbre eau table chaise porte fenetre chambre cuisine grenier cave jardin rue ville village route pont train bus voiture
velo bateau avion gare ecole travail bureau magasin marche eglise tour chateau fromage pain lait beurre cafe the biere vin pomme
poire banane fraise cerise citron tomate patate frites soupe gateau biscuit sucre sel poivre oeuf viande poisson poulet chien
chat cheval vache cochon mouton chevre oiseau canard souris elephant lion tigre ours papillon abeille fleur fleurs rose tulipe
herbe feuille foret montagne mer plage ile riviere lac pluie soleil lune etoile etoiles neige vent nuage ciel air feu terre pierre
sable or argent rouge bleu bleue vert verte jaune noir noire blanc blanche gris violet orange marron grand grande petit petite
vieux vieille nouveau nouvelle jeune beau belle laid gentil content heureux triste fache fatigue chaud froid sec haut bas long
court gros mince vite lent fort faible riche pauvre plein vide clair sombre doux dur homme femme enfant enfants bebe garcon fille
pere mere papa maman frere soeur grand-pere oncle tante cousin ami amie amis famille voisin roi reine prince princesse docteur
professeur police chef main pied tete cheveux oeil yeux oreille nez bouche dent coeur sang ventre dos jambe bras an annee mois
semaine jour jours nuit soir matin midi demain hier aujourd'hui heure minute temps lundi mardi mercredi jeudi vendredi samedi
dimanche janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre ete hiver printemps automne noel
vacances fete anniversaire cadeau argent euro livre journal lettre stylo papier telephone ordinateur television musique chanson
guitare piano film jeu football monde pays vie mort amour t'aime bonheur paix guerre liberte espoir reve verite mensonge question reponse
mot nom numero manger boire dormir marcher courir nager lire ecrire parler entendre voir regarder acheter venir savoir penser
trouver tenir donner prendre asseoir jouer rire pleurer attendre commencer arreter ouvrir fermer bonjour bonsoir salut merci
pardon bienvenue motdepasse secret cle aide paris lyon marseille bruxelles liege namur france belgique suisse soleilbleu jetaime
doudou loulou chouchou azerty anticonstitutionnellement bibliotheque`,
	},
	{ // German
		small: `der die das den dem des ein eine einen einem einer eines und ist ich du er sie es wir ihr nicht zu in von mit auf für fuer
an im am aus bei nach um so wie was wer wo wann warum wenn aber oder denn weil dass daß als auch noch nur schon sehr mehr viel
alle alles nichts niemand jemand immer nie hier da dort heute jetzt dann mein meine meinen dein deine sein seine unser unsere euer
mich dich sich uns euch ihn ihm ihnen mir dir kann kannst muss muß soll will wollen habe hast hat haben hatte bin bist sind war
waren werden wird wurde machen macht geht gehen doch ja nein kein keine ohne gegen zwischen unter über ueber vor bis durch gut
eins zwei drei vier fünf fuenf sechs sieben acht neun zehn hundert tausend zum zur vom beim ins wieder`,
		first: `haus baum wasser tisch stuhl tür tuer fenster zimmer küche kueche dachboden keller garten straße strasse stadt dorf weg brücke
zug bus auto fahrrad boot schiff flugzeug bahnhof schule arbeit büro buero laden markt kirche turm schloss käse kaese brot milch
butter kaffee tee bier wein apfel birne banane erdbeere kirsche zitrone tomate kartoffel suppe kuchen keks zucker salz pfeffer ei
eier fleisch fisch huhn hund katze pferd kuh schwein schaf ziege vogel ente maus elefant löwe loewe tiger bär baer schmetterling
biene blume blumen rose tulpe gras blatt wald berg meer strand insel fluss see regen sonne mond stern sterne schnee wind wolke
himmel luft feuer erde stein sand gold silber rot blau grün gruen gelb gelbe schwarz weiß weiss grau lila orange braun groß gross
klein kleine alt alte neu neue jung schön schoen schöne hässlich lieb liebe nett froh glücklich traurig böse müde warm kalt heiß
nass trocken hoch tief lang kurz dick dünn schnell langsam stark schwach reich arm voll leer hell dunkel weich hart mann frau
kind kinder baby junge mädchen maedchen vater mutter papa mama bruder schwester opa oma onkel tante freund freundin freunde familie
nachbar könig koenig königin prinz prinzessin arzt lehrer polizei chef hand fuß fuss kopf haar auge augen ohr nase mund zahn herz
blut bauch rücken bein jahr monat woche tag tage nacht abend morgen mittag gestern stunde minute zeit montag dienstag mittwoch
donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september oktober november dezember sommer winter
frühling fruehling herbst weihnachten urlaub ferien fest geburtstag geschenk geld euro buch zeitung brief stift papier telefon
handy computer fernseher musik lied gitarre klavier film spiel fußball fussball welt land leben tod glück glueck frieden krieg
freiheit hoffnung traum wahrheit lüge frage antwort wort name nummer essen trinken schlafen laufen rennen schwimmen lesen schreiben
sprechen reden hören sehen schauen kaufen kommen wissen denken finden halten geben nehmen sitzen stehen liegen spielen lachen
weinen warten anfangen aufhören öffnen schließen hallo tschüss danke bitte willkommen passwort kennwort geheim geheimnis schlüssel
schluessel hilfe sicher berlin hamburg münchen muenchen köln koeln wien zürich deutschland österreich schweiz bayern schalke
schatz schatzi krankenhaus donaudampfschifffahrtsgesellschaft`,
	},
}
