import { createDumpReader, type DumpContents } from './dump-reader.js';

const read = (text: string, pieceBytes = 1 << 20, keep: string[] = []): DumpContents => {
  const reader = createDumpReader(keep);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return reader.contents();
};

const OF_MARIADB = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19
CREATE TABLE \`a\` (
  \`id\` int(11) NOT NULL DEFAULT 0
);
LOCK TABLES \`a\` WRITE;
INSERT INTO \`a\` (\`id\`, \`text\`) VALUES
(1,'plain'),
(2,'with \\'quotes\\', (brackets); and \\\\'),
(3,NULL);
INSERT INTO \`a\` (\`id\`, \`text\`) VALUES
(4,'more');
UNLOCK TABLES;
INSERT INTO \`b\` (\`x\`) VALUES
(0xAB28);
DELIMITER ;;
CREATE DEFINER=\`cpemon_migrator\`@\`%\` PROCEDURE \`p\`() BEGIN
INSERT INTO \`a\` (\`id\`, \`text\`) VALUES
(9,'in a procedure');
END ;;
DELIMITER ;
-- Dump completed on 2026-11-22  0:00:00
`;

test('rows are counted by table, whatever stands in strings and procedures', () => {
  expect(read(OF_MARIADB)).toEqual({
    ...{ rows: { a: 4, b: 1 }, kept: {} },
    ...{ procedures: ['p'], complete: true },
  });
});

test('rows on the line of their INSERT count as well, as MySQL writes them', () => {
  const text =
    "INSERT INTO `a` (`id`, `text`) VALUES (1,'x'),(2,'),('),(3,_binary 'y');\n-- Dump completed\n";
  expect(read(text)).toEqual({ rows: { a: 3 }, kept: {}, procedures: [], complete: true });
});

test('where pieces end makes no difference', () => {
  for (const pieceBytes of [1, 2, 3, 7, 64])
    expect(read(OF_MARIADB, pieceBytes, ['a'])).toEqual(read(OF_MARIADB, 1 << 20, ['a']));
});

test('rows of a table that was asked for are kept by column', () => {
  expect(read(OF_MARIADB, 5, ['a']).kept['a']).toEqual([
    { id: '1', text: 'plain' },
    { id: '2', text: "with 'quotes', (brackets); and \\" },
    { id: '3', text: null },
    { id: '4', text: 'more' },
  ]);
});

test('a dump that was cut off is not complete, though its last words stand in a value', () => {
  const cut = OF_MARIADB.slice(0, OF_MARIADB.indexOf('-- Dump completed'));
  expect(read(cut).complete).toBe(false);
  expect(read("INSERT INTO `a` (`t`) VALUES\n('-- Dump completed');\n").complete).toBe(false);
});
