// SPDX-License-Identifier: Apache-2.0
#include "features/storage/file_preview.hpp"

#include "features/storage/delimited_text.hpp"
#include "support/catch.hpp"

using namespace trowel::features;

TEST_CASE("cells with quotes, separators and new lines in them are cells") {
  using Rows = std::vector<std::vector<std::string>>;
  CHECK(rowsOf("a,b\n1,2\n", ',', 9) == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(rowsOf("\xEF\xBB\xBF"
               "a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\r\n",
               ',', 9) == Rows{{"a", "b"}, {"x, \"y\"", "1\n2"}});
  CHECK(rowsOf("a,,\n\n\"\"\n", ',', 9) == Rows{{"a", "", ""}, {""}});
  CHECK(rowsOf("\"open,a\nb", ',', 9) == Rows{{"open,a\nb"}});
  CHECK(rowsOf("1\n2\n3\n", ',', 2) == Rows{{"1"}, {"2"}});
  CHECK(rowsOf("", ',', 9).empty());
  CHECK(separatorOf("a;b;\"x,y,z\"\n1,2,3") == ';');
  CHECK(separatorOf("a\tb") == '\t');
  CHECK(separatorOf("alone") == ',');
}

TEST_CASE("a table has columns") {
  CHECK(formatTable("id,name\n1,Ada\n200,Grö\n") ==
        "id  │ name\n"
        "────┼─────\n"
        "1   │ Ada\n"
        "200 │ Grö\n");
  CHECK(formatTable("a,b\n1\n") == "a │ b\n──┼──\n1 │\n");
  CHECK(formatTable(std::string(50, 'x') + "\n").starts_with(std::string(40, 'x') + "…\n"));
  std::string many = "n\n";
  for (int i = 0; i < 1500; ++i) many += "1\n";
  CHECK(formatTable(many).ends_with("1\n… the first 1000 rows\n"));
  std::string wide;
  for (int i = 0; i < 150; ++i) wide += "c,";
  CHECK(formatTable(wide).ends_with("… the first 100 columns\n"));
  CHECK(formatTable("").empty());
}

TEST_CASE("JSON is laid out and keeps every token") {
  CHECK(formatJson(R"({"b":1.0,"a":[1,{"x":[]},{}],"s":"a,{\"}\\"})") ==
        "{\n"
        "  \"b\": 1.0,\n"
        "  \"a\": [\n"
        "    1,\n"
        "    {\n"
        "      \"x\": []\n"
        "    },\n"
        "    {}\n"
        "  ],\n"
        "  \"s\": \"a,{\\\"}\\\\\"\n"
        "}");
  CHECK(formatJson("12345678901234567890") == "12345678901234567890");
  CHECK(formatJson("{\"a\": [1, 2") == "{\n  \"a\": [\n    1,\n    2");  // breaks off
  CHECK(formatJson("{\"a\":1}\n{\"a\":2}\n") == "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n");
  CHECK(formatJson("]]}}") == "\n]\n]\n}\n}");
}

TEST_CASE("a preview is what the name says") {
  CHECK(previewOf("a.csv", "a,b\n1,2\n3,", false)->text == "a │ b\n──┼──\n1 │ 2\n");
  CHECK(previewOf("A.JSON", "{\"a\":1}", true)->language == "json");
  CHECK(previewOf("a.jsonl", "{\"a\":1}\n{\"a\":2", false)->text == "{\n  \"a\": 1\n}\n");
  CHECK(previewOf("a.py", "print(1)\n", true)->language == "python");
  CHECK(previewOf("README", "one\ntwo", true)->text == "one\ntwo");
  CHECK(previewOf("README", "one\ntwo", false)->text == "one\n");
  CHECK(previewOf("one-long-line", "abc", false)->text == "abc");
  CHECK(previewOf("latin",
                  "gr\xF6\xDF"
                  "e",
                  true)
            ->text ==
        "gr\xEF\xBF\xBD\xEF\xBF\xBD"
        "e");
  CHECK_FALSE(previewOf("a.parquet", std::string("PAR1\0x", 6), true));
  CHECK(isImage("plot.PNG"));
  CHECK_FALSE(isImage("plot.csv"));
}
