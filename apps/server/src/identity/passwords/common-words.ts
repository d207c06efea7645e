/** Words, names, teams and phrases that the commonest passwords are made of (English and Czech), folded to a-z. */
const words = `
password passwort passw passwd heslo hesla mojeheslo tajneheslo tajne heslicko secret tajemstvi private admin
administrator root toor user guest login logon signin welcome vitejte letmein letme changeme zmenheslo default
master superuser manager support service server system internet computer pocitac laptop desktop windows microsoft
google facebook instagram twitter youtube linkedin pinterest samsung nokia iphone android motorola blackberry
playstation nintendo xbox minecraft fortnite roblox pokemon pikachu charizard naruto sasuke goku vegeta dragonball
zelda mario starcraft warcraft counterstrike callofduty halo diablo matrix starwars skywalker darthvader
startrek harrypotter hogwarts gandalf frodo aragorn batman superman spiderman ironman wolverine hulk avengers joker
mickey mickeymouse minnie donald snoopy garfield scooby scoobydoo spongebob tinkerbell hellokitty barbie simpsons
bartsimpson homer doraemon elephant tiger lion dragon eagle falcon phoenix unicorn monkey gorilla panther jaguar
dolphin turtle penguin rabbit kitten kitty puppy doggy horse bear wolf shark spider scorpion cobra viper butterfly
ladybug kocka kocicka kocka pejsek pesek medved medvidek beruska motylek konik zajic zajicek mysak myska ptacek
football fotbal hockey hokej baseball basketball volleyball soccer tennis skateboard snowboard swimming running
liverpool arsenal chelsea manchester barcelona realmadrid juventus bayern yankees lakers steelers cowboys packers
patriots eagles sparta spartapraha slavia slaviapraha banik plzen viktoria kometa dukla bohemians
love lovely loveyou loveme iloveyou iloveu iloveme iloveyouso miluju milujute miluji lasko laska lasicka milacek zlato
zlaticko broucek sweet sweetie sweetheart honey baby babygirl babyboy princess prince princezna queen king angel
angels andel devil heaven beautiful pretty sexy hottie gorgeous handsome darling forever family friend friends
bestfriend mother father mommy daddy maminka tatinek mamka tatka babicka dedecek sister brother segra bracha
sunshine slunicko slunce moonlight rainbow flower kvetina kytka kyticka rose rosebud orchid summer leto winter zima
spring jaro autumn podzim january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday pondeli utery streda ctvrtek patek sobota nedele
chocolate cokolada cookie cookies strawberry jahoda banana orange apple jablko cherry peaches lemonade candy
cupcake pizza burger cheese butter coffee kava beer pivo whiskey vodka corona pepsi cocacola
freedom svoboda peace happy happiness smile lucky trust trustno trustme believe unbelievable dreamer dream hope
faith jesus jesuschrist christ blessed godisgood church bible amen maverick legend warrior hunter killer ninja samurai
pirate soldier ranger thunder lightning storm fire flame shadow darkness nightmare midnight silver golden diamond
crystal purple black white yellow green blue orange cervena modra zelena cerna bila
hello hellohello helloworld ahoj nazdar cau cauky dobryden whatever nothing something nevim nevimnevim nic
asdf asdasd qwer qweasd qweasdzxc test testing tester testtest testovani demo example sample temp temporary qwerty
qwertz azerty abcd abcde access enter open sesame opensesame unlock hacker hacked pussy fuckyou fuckoff fuckme
motherfucker asshole bitch bullshit biteme kurva debil idiot sranda prdel hovno
michael michelle jennifer jessica ashley amanda daniel daniela danielle matthew joshua andrew anthony robert thomas
william christopher christian christina christine elizabeth elizabet alexander alexandra alexandria nicholas nicole
samantha stephanie patricia patrick victoria veronica charlie charles jordan justin brandon george richard
steven joseph jonathan benjamin samuel david jackson madison taylor hannah sophia olivia emily isabella melissa
katerina veronika tereza lenka lucie petra jana hana eva anna monika martina marketa michaela barbora kristyna
nikola natalie adela eliska karolina zuzana simona pavlina ivana alena jirina marie vera vlasta zdenka martin tomas
jakub ondrej vojtech lukas filip matej marek michal pavel petr honza jirka jiri milan roman radek zdenek
vaclav karel josef frantisek antonin stanislav jaroslav miroslav vladimir dominik patrik david adam
london paris berlin newyork california florida texas chicago boston america england canada australia germany mexico
praha prague brno ostrava olomouc liberec pardubice budejovice plzen cesko czech ceskarepublika morava slovensko
bratislava lokomotiva skoda octavia fabia ferrari porsche mercedes mustang corvette camaro harley yamaha honda
suzuki toyota audi bmwbmw metallica slipknot nirvana linkinpark greenday eminem rammstein ironmaiden acdc
beatles pinkfloyd ledzeppelin blink guitar music hudba piano drummer rockstar cheerleader dancer student teacher
skola school college university doctor nurse police firefighter money bitcoin million millionaire cash business
company office team work prace project projekt talkide mara project blahblah nopassword mypassword newpassword
yourpassword passpass thisisapassword letmeinnow iamtheking supersecret topsecret nosecret qazwsx zaqwsx
`;

/** The distinct words, longest first, so that a cover is found with few parts. */
export const commonWords: readonly string[] = [...new Set(words.trim().split(/\s+/))].sort(
  (a, b) => b.length - a.length || (a < b ? -1 : 1),
);
