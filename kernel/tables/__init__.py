"""Tables, read once for all and written once for all: CSV and XLSX.

`opening` finds the format and gives a `Table` whose cells are text as the spreadsheet shows it;
`writing` makes the CSV files that French Excel opens. It knows no column and no noun: what a
title means is said by whoever reads the table.
"""
