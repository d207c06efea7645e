-- Tables are made by the files of this folder, in the order of their names, each once. See AGENTS.md.
select 1;
